package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.server.store.AliasRecord;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.Lineage;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.StoreFixtures;
import dev.penstock.server.store.StoredFile;
import dev.penstock.server.store.VersionRecord;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WantedVersionsTest {
    /// Versions as `1 2-unwanted 3-failed`, aliases as `name:version:previous`.
    @ParameterizedTest
    @CsvSource({
        // policy, versions, aliases, wanted
        "'',             1 2 3,                '',                             3",
        "latest,         1 2 3,                '',                             3",
        "latest 2,       1 2 3,                '',                             2 3",
        "latest 9,       1 2 3,                '',                             1 2 3",
        "all,            1 2 3,                '',                             1 2 3",
        "'specific 1, 2',1 2 3,                '',                             1 2",
        "'specific 1,9', 1 2 3,                '',                             1",
        "latest 1,       1 2 3,                stable:1:0,                     1 3",
        "latest 1,       1 2 3,                stable:2:1,                     1 2 3",
        "latest 1,       1 2 3 4,              stable:2:1 canary:3:2,          1 2 3 4",
        "latest 1,       1 2 3-unwanted,       '',                             2",
        "latest 1,       1 2 3-failed,         '',                             2",
        "latest 1,       1 2 3-passed,         '',                             3",
        "latest 1,       1-passed 2-passed 3,  '',                             2 3",
        "latest 1,       1-passed 2 3,         '',                             1 3",
        "latest 1,       1-passed 2 3-passed,  '',                             3",
        "all,            1-unwanted 2 3,       '',                             2 3",
        "specific 1,     1-unwanted 2,         '',                             ''",
        "latest 1,       1 2-unwanted 3,       stable:2:1,                     1 3",
        "latest 1,       1 2-failed 3,         stable:2:1,                     1 3",
        "latest 1,       1 3,                  stable:2:0,                     3",
        "latest 1,       '',                   stable:2:1,                     ''",
        "latest 1,       1-unwanted 2-unwanted,'',                             ''"
    })
    void policyAndAliasesDecide(String policy, String versions, String aliases, String wanted) {
        assertThat(WantedVersions.of(model(policy, versions, aliases), Collections.emptySortedSet()))
                .containsExactlyElementsOf(
                        words(wanted).stream().map(Long::valueOf).toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"latest 0", "latest -1", "latest x", "newest", "all 1", "specific", "specific 0", "specific 1,,2"
            })
    void whatIsNoPolicyIsRefused(String policy) {
        assertThatThrownBy(() -> VersionPolicy.parse(policy))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(policy)
                .hasMessageContaining("expected: latest N, all, or specific");
    }

    private static ModelRecord model(String policy, String versions, String aliases) {
        SortedMap<Long, VersionRecord> recorded = new TreeMap<>();
        for (String version : words(versions)) {
            String[] parts = version.split("-", -1);
            recorded.put(Long.valueOf(parts[0]), version(Long.parseLong(parts[0]), parts.length == 1 ? "" : parts[1]));
        }
        SortedMap<String, AliasRecord> named = new TreeMap<>();
        for (String alias : words(aliases)) {
            String[] parts = alias.split(":", -1);
            named.put(
                    parts[0],
                    new AliasRecord(parts[0], Long.parseLong(parts[1]), Long.parseLong(parts[2]), Instant.EPOCH, "me"));
        }
        return new ModelRecord("m", 1, policy, "", recorded, named);
    }

    private static VersionRecord version(long number, String state) {
        GateRecord.Verdict verdict = state.equals("failed") ? GateRecord.Verdict.FAILED : GateRecord.Verdict.PASSED;
        return StoreFixtures.plain(
                number,
                List.of(new StoredFile("model.onnx", "0".repeat(64), 1)),
                "",
                Instant.EPOCH,
                "me",
                Lineage.UNKNOWN,
                "",
                !state.equals("unwanted"),
                state.isEmpty() ? List.of() : List.of(new GateRecord("golden", verdict, "")));
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(" "));
    }
}
