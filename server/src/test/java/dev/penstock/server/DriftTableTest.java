package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class DriftTableTest {
    private static String table(String vectors, String evidence) {
        return DriftTable.of(JsonMapper.shared().readTree("""
            {"model": "m", "version": 2, "window": "1h", "status": "warning", "n": 900, "note": "",
             "baseline": {"id": "3f9c", "rows": 10000}, "features": [
             {"name": "output:emb:norm", "status": "ok", "n": 900, "psi": 0.01, "pNoDrift": 0.5, "ks": null,
              "reasons": []},
             {"name": "age", "status": "critical", "n": 900, "psi": 0, "pNoDrift": 1, "ks": 0,
              "reasons": [{"kind": "nan", "baseline": 0, "window": 0.12},
                          {"kind": "above", "baseline": 0.001, "window": 0.07}]}],
             "vectors": [%s], "evidence": {"status": "notice", "subWindows": 4, "features": [%s]}}
            """.formatted(vectors, evidence)));
    }

    @Test
    void withoutVectorsAndEvidenceNothingIsSaidOfThem() {
        String quiet = "{\"name\": \"a\", \"status\": \"ok\", \"logE\": 1, \"alarmAt\": 12, \"meanShifting\": false}";

        assertThat(table("", "")).doesNotContain("VECTOR", "together");
        assertThat(table("", quiet)).doesNotContain("together");
    }

    @Test
    void sharesThatDecidedAreTheReason() {
        assertThat(table("", "").lines())
                .anyMatch(
                        line -> line.matches(
                                "age +critical +900 +0\\.000 +1\\.0 +0\\.000 +12\\.0 % nan, usually 0\\.0 %; 7\\.0 % above, usually 0\\.1 % *"))
                .anyMatch(line -> line.startsWith("output:emb:norm") && !line.contains("usually"));
    }

    @Test
    void vectorsAndEvidenceThatGrowsAreTold() {
        String text = table("""
                {"name": "output:emb", "status": "warning", "n": 112, "mmd2": 0.0412, "mmdP": 1e-9, "centroidShift": 0.31}
                """, """
                {"name": "a", "status": "ok", "logE": null, "alarmAt": 12, "psi": null, "meanShifting": false},
                {"name": "b", "status": "notice", "logE": 6, "alarmAt": 12, "psi": 0.2, "meanShifting": false},
                {"name": "c", "status": "ok", "logE": 1, "alarmAt": 12, "psi": 0.01, "meanShift": 0.4, "meanShifting": true},
                {"name": "d", "status": "notice", "logE": 12, "alarmAt": 12, "psi": 0.3, "meanShifting": false}
                """);

        assertThat(text.lines())
                .anyMatch(line -> line.matches("output:emb +warning +112 +0\\.041 +1\\.0e-09 +0\\.31 sd *"))
                .contains("4 sub-windows together: NOTICE")
                .anyMatch(line -> line.matches("c +ok +8 % +0\\.010 +0\\.40 sd *"))
                .noneMatch(line -> line.startsWith("a "));
        assertThat(text.indexOf("\nd ")).isLessThan(text.indexOf("\nb "));
        assertThat(text).contains("100 %", "50 %");
    }
}
