package dev.penstock.server.store;

import static dev.penstock.server.store.StoreFixtures.act;
import static dev.penstock.server.store.StoreFixtures.assertConsistent;
import static dev.penstock.server.store.StoreFixtures.judged;
import static dev.penstock.server.store.StoreFixtures.model;
import static dev.penstock.server.store.StoreFixtures.pointing;
import static dev.penstock.server.store.StoreFixtures.revised;
import static dev.penstock.server.store.StoreFixtures.version;
import static dev.penstock.server.store.StoreFixtures.with;
import static dev.penstock.server.store.StoreFixtures.without;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.store.StoreException.Reason;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What both back ends must do.
abstract class ModelStoreTests extends StoreCopyTests {
    @Test
    void aNewRecordIsEmpty() {
        assertThat(store.models()).isEmpty();
        assertThat(store.model("m")).isEmpty();
        assertThat(store.audit("", Long.MAX_VALUE, 10)).isEmpty();
    }

    @Test
    void whatIsPutIsThereToTheLastDigitAlsoAfterReopening() {
        ModelRecord put = store.put(
                pointing(model("m", version(1, "one"), version(7, "seven")), "stable", 7, 1), act("register"));

        store.close();
        store = StoreFixtures.open(settings);

        assertThat(put.revision()).isPositive();
        assertThat(store.model("m")).contains(put);
        assertThat(store.models()).containsExactly(put);
    }

    @Test
    void modelsComeByName() {
        for (String name : List.of("b", "a", "B", "é", "a-b", "aa")) {
            store.put(model(name), act("register"));
        }

        assertThat(store.models()).extracting(ModelRecord::name).containsExactly("B", "a", "a-b", "aa", "b", "é");
    }

    @Test
    void everyChangeIsWrittenAsTheDifferenceItMakes() {
        ModelRecord first =
                store.put(pointing(model("m", version(1, "one"), version(2, "two")), "stable", 1, 0), act("register"));
        ModelRecord second =
                store.put(pointing(with(without(first, 1), version(3, "three")), "stable", 3, 1), act("promote"));
        GateRecord failed = new GateRecord("golden", GateRecord.Verdict.FAILED, "3 of 4 differ");
        ModelRecord third = store.put(
                with(pointing(second, "canary", 2, 0), judged(version(2, "two"), false, List.of(failed))),
                act("gates"));
        ModelRecord fourth = store.put(
                new ModelRecord("m", third.revision(), "all", "", third.versions(), first.aliases()), act("policy"));

        assertThat(store.models()).containsExactly(fourth);
        assertThat(fourth.versions().keySet()).containsExactly(2L, 3L);
        assertThat(assertConsistent(store))
                .extracting(entry -> entry.act().action())
                .containsExactly("register", "promote", "gates", "policy");
    }

    @Test
    void whoReadAnOlderRevisionIsRefused() {
        ModelRecord first = store.put(model("m"), act("register"));
        ModelRecord second = store.put(pointing(first, "stable", 1, 0), act("promote"));

        assertRefused(Reason.STALE, () -> store.put(first, act("promote")));
        assertRefused(Reason.STALE, () -> store.put(model("m"), act("register")));
        assertRefused(Reason.STALE, () -> store.put(revised(model("other"), 1), act("register")));
        assertRefused(Reason.STALE, () -> store.delete("m", first.revision(), act("delete")));
        assertRefused(Reason.STALE, () -> store.delete("other", 0, act("delete")));
        assertThat(store.models()).containsExactly(second);
        assertThat(assertConsistent(store)).hasSize(2);
    }

    @Test
    void aRevisionIsNotUsedAgainByAModelOfTheSameName() {
        ModelRecord first = store.put(model("m"), act("register"));
        store.delete("m", first.revision(), act("delete"));
        ModelRecord again = store.put(model("m"), act("register"));

        assertThat(again.revision()).isGreaterThan(first.revision());
        assertRefused(Reason.STALE, () -> store.put(first, act("promote")));
    }

    @Test
    void whatAVersionIsMadeOfCannotChange() {
        VersionRecord one = version(1, "one");
        ModelRecord put = store.put(model("m", one), act("register"));
        VersionRecord otherSource = made(one, "file:/x", one.breaking());
        VersionRecord otherwise = made(one, one.source(), !one.breaking());

        assertRefused(Reason.REFUSED, () -> store.put(with(put, version(1, "other")), act("register")));
        assertRefused(Reason.REFUSED, () -> store.put(with(put, otherSource), act("register")));
        assertRefused(Reason.REFUSED, () -> store.put(with(put, otherwise), act("register")));
        assertThat(store.models()).containsExactly(put);
        assertThat(assertConsistent(store)).hasSize(1);
    }

    @Test
    void whatItsRegistrationAsksForMayChangeUntilAVersionIsJudged() {
        Intent asked = new Intent(
                7, "Zoë", StoreFixtures.NOON, "all", "name: \"🚀\"\n", new TreeSet<>(List.of("stable", "canary")));
        VersionRecord waiting = judged(version(1, "one"), true, List.of()).with(asked);
        ModelRecord put = store.put(model("m", waiting), act("register"));
        assertThat(store.models()).containsExactly(put);
        assertThat(Objects.requireNonNull(put.versions().get(1L)).intent()).isEqualTo(asked);

        ModelRecord less = store.put(with(put, waiting.with(asked.without(true, false, Set.of()))), act("policy"));
        assertThat(store.models()).containsExactly(less);
        ModelRecord done = store.put(with(less, version(1, "one")), act("gates"));
        assertThat(store.models()).containsExactly(done);
        assertThat(assertConsistent(store)).hasSize(3);
    }

    private static VersionRecord made(VersionRecord version, String source, boolean breaking) {
        return new VersionRecord(
                version.number(),
                version.files(),
                source,
                version.registered(),
                version.by(),
                version.lineage(),
                version.signature(),
                breaking,
                version.judge(),
                version.wanted(),
                version.gates());
    }

    @Test
    void whoIsToJudgeMayChange() {
        ModelRecord put = store.put(model("m", version(1, "one")), act("register"));
        ModelRecord next = store.put(with(put, version(1, "one").with(false, "other", List.of())), act("load"));

        assertThat(store.models()).containsExactly(next);
        assertThat(next.versions().get(1L)).isEqualTo(version(1, "one").with(false, "other", List.of()));
        assertThat(assertConsistent(store)).hasSize(2);
    }

    @Test
    void aDeletedNumberComesBackWithTheSameBytesOnly() {
        ModelRecord put = store.put(model("m", version(1, "one"), version(2, "two")), act("register"));
        ModelRecord less = store.put(without(put, 1), act("delete"));

        assertRefused(Reason.REFUSED, () -> store.put(with(less, version(1, "other")), act("register")));
        store.delete("m", less.revision(), act("delete"));
        assertRefused(Reason.REFUSED, () -> store.put(model("m", version(2, "other")), act("register")));
        ModelRecord again = store.put(model("m", version(1, "one"), version(2, "two")), act("register"));

        assertThat(store.models()).containsExactly(again);
        assertThat(assertConsistent(store)).hasSize(4);
    }

    @Test
    void versionsThatCannotBeAreRefused() {
        VersionRecord one = version(1, "one");
        VersionRecord unsorted = StoreFixtures.plain(
                1, one.files().reversed(), "", one.registered(), "", Lineage.UNKNOWN, "", true, List.of());
        VersionRecord empty =
                StoreFixtures.plain(1, List.of(), "", one.registered(), "", Lineage.UNKNOWN, "", true, List.of());

        assertRefused(Reason.REFUSED, () -> store.put(model("m", version(0, "zero")), act("register")));
        assertRefused(Reason.REFUSED, () -> store.put(model("m", unsorted), act("register")));
        assertRefused(Reason.REFUSED, () -> store.put(model("m", empty), act("register")));
        assertRefused(Reason.REFUSED, () -> store.put(model(""), act("register")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\0b", "half \ud83d"})
    void textsThatOneBackEndCouldNotKeepAreRefusedByBoth(String text) {
        assertRefused(Reason.REFUSED, () -> store.put(model("m"), new Act(text, "register", "", StoreFixtures.NOON)));
        assertThat(store.models()).isEmpty();
    }

    @Test
    void theAuditLogIsReadInPagesAndByModel() {
        for (int i = 0; i < 5; i++) {
            store.put(model("m" + i % 2 + "-" + i), act("register"));
        }
        ModelRecord one = store.model("m0-0").orElseThrow();
        store.delete("m0-0", one.revision(), act("delete"));

        List<AuditEntry> newest = store.audit("", Long.MAX_VALUE, 2);
        assertThat(newest).extracting(entry -> entry.act().action()).containsExactly("delete", "register");
        assertThat(store.audit("", newest.getLast().id(), 100)).hasSize(4);
        List<AuditEntry> ofOne = store.audit("m0-0", Long.MAX_VALUE, 100);
        assertThat(ofOne).extracting(AuditEntry::after).containsExactly("", RecordJson.of(one));
        assertThat(ofOne.getFirst().act()).isEqualTo(act("delete"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE audit SET who = 'x'",
                "DELETE FROM audit",
                "UPDATE used_numbers SET digest = 'x'",
                "DELETE FROM used_numbers",
                "UPDATE versions SET source = 'x'",
                "UPDATE versions SET digest = 'x'",
                "UPDATE version_files SET sha256 = 'x'",
                "DELETE FROM version_files",
                "INSERT INTO version_files (model, number, path, sha256, bytes) VALUES ('m', 1, 'x', 'x', 1)",
                "INSERT INTO version_files (model, number, path, sha256, bytes) VALUES ('m', 9, 'x', 'x', 1)",
                "INSERT INTO versions (model, number, digest, source, registered, registered_by, lineage, signature,"
                        + " wanted) VALUES ('m', 9, 'x', '', '', '', '{}', '', 1)",
            })
    void theDatabaseItselfRefusesWhatMustNotChange(String sql) throws SQLException {
        ModelRecord put = store.put(model("m", version(1, "one")), act("register"));

        assertForbidden(sql);

        assertThat(store.models()).containsExactly(put);
        assertConsistent(store);
    }

    @Test
    void ofWritersThatReadTheSameOneWins() throws Exception {
        store.put(model("m"), act("register"));
        int writers = 4;
        int rounds = 15;
        try (ExecutorService threads = Executors.newFixedThreadPool(writers)) {
            List<Future<Integer>> wins = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                long version = writer + 1L;
                wins.add(threads.submit(() -> winsOf(rounds, version)));
            }
            int won = 0;
            for (Future<Integer> win : wins) {
                won += win.get();
            }
            assertThat(won).isEqualTo(writers * rounds);
        }
        assertThat(assertConsistent(store)).hasSize(1 + writers * rounds);
    }

    /// Moves an alias again and again, each time until it was the first to do so.
    private int winsOf(int rounds, long version) {
        int won = 0;
        while (won < rounds) {
            ModelRecord read = store.model("m").orElseThrow();
            try {
                store.put(pointing(read, "stable", version, read.revision()), act("promote"));
                won++;
            } catch (StoreException e) {
                assertThat(e.reason()).isEqualTo(Reason.STALE);
            }
        }
        return won;
    }
}
