package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What fits on a terminal of a rollout.
final class RolloutPictureTest {
    private static final String WAITS =
            "its time: 3 min more; requests to canary: 120 of 500; errors of canary: not enough data; otherwise in 24 h: hold";

    private static final JsonNode ROLLOUT = JsonMapper.shared().readTree("""
            {"id": "fraud-8-85d36596", "spec": {"route": "fraud", "strategy": "canary"},
             "status": {"phase": "analyse", "step": 1, "steps": 2, "reason": "", "detail": "", "waitsFor": "%s",
              "arms": [{"arm": "stable", "version": "fraud@7", "weight": 9000, "requests": 90, "failed": 1},
               {"arm": "canary", "version": "fraud@8", "weight": 1000, "requests": 10, "failed": 0}],
              "metrics": [
               {"name": "prediction-drift", "arm": "canary", "state": "insufficient", "logE_rollback": 1.5, "threshold": 3,
                "logE_promote": 12.5, "promote_threshold": 3, "estimate": 8.7469, "detail": "PSI 8.747 (critical: 0.250)"}]}}""".formatted(WAITS));

    private static List<String> lines(int columns, int rows) {
        return new RolloutPicture(columns, rows).of(ROLLOUT, 0).lines().toList();
    }

    @Test
    void onANarrowTerminalSentencesGoOnAndTheEvidenceIsThere() {
        List<String> lines = lines(80, 24);

        assertThat(lines).allMatch(line -> line.length() <= 80);
        assertThat(String.join(" ", lines).replaceAll(" +", " ")).contains("waits for " + WAITS);
        assertThat(lines)
                .filteredOn(line -> line.startsWith("prediction-drift"))
                .singleElement()
                .asString()
                .contains("###...", "######", "12.5", "8.7469");
    }

    @Test
    void onAWideOneTheReasonIsThereToo() {
        assertThat(lines(140, 24))
                .filteredOn(line -> line.startsWith("prediction-drift"))
                .singleElement()
                .asString()
                .contains("##########..........", "PSI 8.747 (critical: 0.250)");
    }

    @Test
    void whatHasNoRoomBelowIsCounted() {
        List<String> all = lines(140, Integer.MAX_VALUE);

        List<String> some = lines(140, all.size() - 1);

        assertThat(some).hasSize(all.size() - 2).startsWith(all.getFirst());
        assertThat(some.getLast()).isEqualTo("... and 3 lines more");
        assertThat(lines(140, all.size() + 1)).isEqualTo(all);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7, 20})
    void noLineIsWiderThanTheNarrowestTerminal(int columns) {
        assertThat(lines(columns, 24)).isNotEmpty().allMatch(line -> line.length() <= columns);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "many"})
    void whatIsNotSaidIsAsLargeAsCanBe(String said) {
        assertThat(RolloutPicture.on(Map.of("COLUMNS", said, "LINES", said)))
                .isEqualTo(new RolloutPicture(Integer.MAX_VALUE, Integer.MAX_VALUE));
        assertThat(RolloutPicture.on(Map.of("COLUMNS", "80", "LINES", "24"))).isEqualTo(new RolloutPicture(80, 24));
    }
}
