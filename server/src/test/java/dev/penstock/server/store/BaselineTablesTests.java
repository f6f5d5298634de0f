package dev.penstock.server.store;

import static dev.penstock.server.store.StoreFixtures.act;
import static dev.penstock.server.store.StoreFixtures.assertConsistent;
import static dev.penstock.server.store.StoreFixtures.model;
import static dev.penstock.server.store.StoreFixtures.version;
import static dev.penstock.server.store.StoreFixtures.without;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.store.StoreException.Reason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What both back ends must do with baselines.
abstract class BaselineTablesTests extends CountTablesTests {
    private static final BaselineRecord FIRST = new BaselineRecord("1a", "{\"id\":\"1a\"}");
    private static final BaselineRecord SECOND = new BaselineRecord("0b", "{\"id\":\"0b\"}");

    private StoredBaselines baselines() {
        return store.baselines();
    }

    private long add(String model, long revision, BaselineRecord one, Map<Long, String> held) {
        return baselines().change(model, revision, BaselineChange.added(one, Set.of(), held), act("add-baseline"));
    }

    @Test
    void baselinesAreThereOldestFirstWithWhatIsHeldAgainstThem() throws Exception {
        assertThat(baselines().of("m")).isEqualTo(new BaselineSet(0, List.of(), Map.of()));
        assertThat(baselines().revisions()).isEmpty();

        assertThat(add("m", 0, FIRST, Map.of(3L, "1a"))).isEqualTo(1);
        assertThat(add("m", 1, SECOND, Map.of())).isEqualTo(2);
        assertThat(add("n", 0, FIRST, Map.of())).isEqualTo(3);
        assertThat(baselines().change("m", 2, BaselineChange.held(4, "0b"), act("hold-baseline")))
                .isEqualTo(4);

        assertThat(baselines().of("m")).isEqualTo(new BaselineSet(4, List.of("1a", "0b"), Map.of(3L, "1a", 4L, "0b")));
        assertThat(baselines().content("m", "0b")).contains(SECOND.content());
        assertThat(baselines().content("n", "0b")).isEmpty();
        assertThat(baselines().revisions()).isEqualTo(Map.of("m", 4L, "n", 3L));
        assertThat(assertConsistent(store)).hasSize(4);
        assertThat(store.revision()).as("no history").isZero();
        assertForbidden("UPDATE baselines SET content = '{}'");
    }

    @Test
    void whoReadAnOlderRevisionIsRefusedAndSoIsWhatIsTooMuch() {
        assertThat(add("m", 0, FIRST, Map.of())).isOne();

        assertRefused(Reason.STALE, () -> add("m", 0, SECOND, Map.of()));
        assertRefused(
                Reason.REFUSED,
                () -> add("m", 1, new BaselineRecord("2", "x".repeat(StoredBaselines.MOST_CHARACTERS + 1)), Map.of()));
        List<BaselineRecord> many = new ArrayList<>();
        for (int i = 0; i < StoredBaselines.MOST; i++) {
            many.add(new BaselineRecord("many" + i, "{}"));
        }
        assertRefused(
                Reason.REFUSED,
                () -> baselines().change("m", 1, new BaselineChange(many, Set.of(), Map.of()), act("add-baseline")));
        assertThat(baselines().of("m").ids()).containsExactly("1a");
        assertThat(baselines().change("m", 1, new BaselineChange(many, Set.of("1a"), Map.of()), act("add-baseline")))
                .isEqualTo(2);
    }

    @Test
    void whatGoesTakesAlongWhatIsHeldAgainstIt() {
        store.put(model("m", version(1, "one"), version(2, "two")), act("register"));
        assertThat(add("m", 0, FIRST, Map.of(1L, "1a", 2L, "1a"))).isEqualTo(2);
        assertThat(add("m", 2, SECOND, Map.of(1L, "0b"))).isEqualTo(3);

        long removed = baselines().change("m", 3, BaselineChange.removed("0b"), act("delete-baseline"));
        assertThat(baselines().of("m")).isEqualTo(new BaselineSet(removed, List.of("1a"), Map.of(2L, "1a")));

        ModelRecord m = store.model("m").orElseThrow();
        ModelRecord after = store.put(without(m, 2), act("delete"));
        assertThat(baselines().of("m").held()).isEmpty();
        store.delete("m", after.revision(), act("delete"));
        assertThat(baselines().of("m")).isEqualTo(new BaselineSet(0, List.of(), Map.of()));
        assertThat(baselines().content("m", "1a")).isEmpty();
        assertThat(assertConsistent(store)).hasSize(6);
    }

    @Test
    void aBackupHasThemAndTakesThePlaceOfThoseThatWereLearntMeanwhile() {
        store.put(model("m", version(1, "one")), act("register"));
        assertThat(add("m", 0, FIRST, Map.of(1L, "1a"))).isEqualTo(2);
        Path backup = folder.resolve("backup.db");
        assertThat(Stores.backUp(settings, backup).baselines()).isOne();
        StoreSettings lost = newSettings();
        try (ModelStore begun = StoreFixtures.open(lost)) {
            long _ = begun.baselines()
                    .change("m", 0, BaselineChange.added(SECOND, Set.of(), Map.of(1L, "0b")), act("learn-baseline"));
        }

        assertThat(Stores.restore(lost, backup, "ops", StoreFixtures.NOON)).isOne();

        try (ModelStore restored = StoreFixtures.open(lost)) {
            BaselineSet set = restored.baselines().of("m");
            assertThat(set.ids()).containsExactly("1a");
            assertThat(set.held()).isEqualTo(Map.of(1L, "1a"));
            assertThat(set.revision()).as("another than before").isGreaterThan(2);
            assertThat(restored.baselines().content("m", "1a")).contains(FIRST.content());
        }
    }
}
