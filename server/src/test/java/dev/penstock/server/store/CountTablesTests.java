package dev.penstock.server.store;

import static dev.penstock.server.store.StoreFixtures.act;
import static dev.penstock.server.store.StoreFixtures.model;
import static dev.penstock.server.store.StoreFixtures.version;
import static dev.penstock.server.store.StoreFixtures.without;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.server.store.StoreException.Reason;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What both back ends must do with what servers count.
abstract class CountTablesTests extends TestedStore {
    private static final ModelKey ONE = new ModelKey("m", 1);
    private static final ModelKey TWO = new ModelKey("m", 2);
    private static final CountStore.Keeping ALL = new CountStore.Keeping(0, 0);

    private CountStore counts() {
        return store.counts();
    }

    private static CountedWindow window(String server, ModelKey key, long at, boolean hourly) {
        return new CountedWindow(server, key, 7, at, hourly, 10 * at, "{\"at\":%d}".formatted(at));
    }

    @Test
    void whatAServerWritesIsReadOnceByItsNumbers() {
        counts().write("a", 100, List.of(), ALL);
        assertThat(counts().servers()).isEqualTo(Map.of("a", new CountStore.CountingServer(0, 100)));
        CountedWindow first = window("a", ONE, 110, true);
        CountedWindow second = window("a", TWO, 120, true);
        counts().write("a", 120, List.of(first, second), ALL);
        CountedWindow third = window("a", ONE, 130, false);
        counts().write("a", 130, List.of(third), ALL);
        counts().write("b", 140, List.of(window("b", ONE, 125, true)), ALL);

        assertThat(counts().servers())
                .isEqualTo(
                        Map.of("a", new CountStore.CountingServer(2, 130), "b", new CountStore.CountingServer(1, 140)));
        assertThat(counts().written("a", 0, 1)).containsExactly(first, second);
        assertThat(counts().written("a", 1, 2)).containsExactly(third);
        assertThat(counts().written("a", 2, 9)).isEmpty();
        assertThat(counts().of(ONE)).containsExactly(first, window("b", ONE, 125, true), third);
        assertThat(store.revision()).isZero();
        assertRefused(
                Reason.REFUSED,
                () -> counts().write(
                                "a",
                                150,
                                List.of(new CountedWindow(
                                        "a", ONE, 7, 150, false, 0, "x".repeat(CountStore.MOST_CHARACTERS + 1))),
                                ALL));
    }

    @Test
    void oldOnesGoButForTheFirstOfEachHourAndThoseWithTime() {
        for (long at = 10; at <= 50; at += 10) {
            counts().write("a", at, List.of(window("a", ONE, at, at % 20 == 0)), ALL);
        }
        counts().write("b", 10, List.of(window("b", ONE, 10, false)), ALL);

        counts().write("a", 60, List.of(window("a", ONE, 60, false)), new CountStore.Keeping(15, 45));

        assertThat(counts().of(ONE))
                .extracting(CountedWindow::at)
                .as("of b, and the hourly ones and the last of a")
                .containsExactly(10L, 20L, 40L, 50L, 60L);
        counts().sweep(45);
        assertThat(counts().of(ONE)).extracting(CountedWindow::at).containsExactly(50L, 60L);
        assertThat(counts().servers()).containsOnlyKeys("a");
    }

    @Test
    void whatIsWrittenLateIsReadBeforeItGoes() {
        CountedWindow late = window("a", ONE, 10, false);
        counts().write("a", 60, List.of(late), new CountStore.Keeping(15, 45));

        assertThat(counts().written("a", 0, 1)).containsExactly(late);
        counts().write("a", 70, List.of(window("a", ONE, 70, true)), new CountStore.Keeping(15, 45));
        assertThat(counts().of(ONE)).extracting(CountedWindow::at).containsExactly(70L);
    }

    @Test
    void oneTellsOfAVersionUntilAnotherTakesItFromWhomItKnows() {
        counts().watch("a", Map.of(ONE, "", TWO, ""));
        counts().watch("b", Map.of(ONE, ""));
        assertThat(counts().watchers()).isEqualTo(Map.of(ONE, "a", TWO, "a"));

        counts().watch("b", Map.of(ONE, "a", TWO, "c"));
        assertThat(counts().watchers()).isEqualTo(Map.of(ONE, "b", TWO, "a"));

        counts().leave("a", List.of(ONE, TWO));
        assertThat(counts().watchers()).isEqualTo(Map.of(ONE, "b"));
    }

    @Test
    void itGoesWithItsVersionAndIsInNoBackup() throws Exception {
        ModelRecord m = store.put(model("m", version(1, "one"), version(2, "two")), act("register"));
        counts().write("a", 10, List.of(window("a", ONE, 10, true), window("a", TWO, 10, true)), ALL);
        counts().watch("a", Map.of(ONE, "", TWO, ""));
        Path backup = folder.resolve("backup.db");
        store.backUp(backup);

        ModelRecord after = store.put(without(m, 1), act("delete"));
        assertThat(counts().of(ONE)).isEmpty();
        assertThat(counts().watchers()).containsOnlyKeys(TWO);
        store.delete("m", after.revision(), act("delete"));
        assertThat(counts().of(TWO)).isEmpty();
        assertThat(counts().watchers()).isEmpty();

        counts().write("a", 20, List.of(window("a", ONE, 20, true)), ALL);
        store.close();
        TestPostgres.awaitNobody(settings);
        assertThat(Stores.replace(settings, backup, folder.resolve("kept.db"), "ops", StoreFixtures.NOON))
                .isOne();
        store = StoreFixtures.open(settings);
        assertThat(counts().of(ONE)).isEmpty();
        assertThat(counts().servers()).isEmpty();
    }
}
