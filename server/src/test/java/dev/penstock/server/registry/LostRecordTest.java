package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.server.admin.RegisterOrder;
import dev.penstock.server.store.Act;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.Lineage;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.StoreException;
import dev.penstock.server.store.StoreSettings;
import dev.penstock.server.store.StoredFile;
import dev.penstock.server.store.Stores;
import dev.penstock.server.store.VersionRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Records that are lost, made anew, and restored.
class LostRecordTest extends RecordedTests {
    private final List<ModelStore> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(ModelStore::close);
    }

    @Test
    void aNewRecordInThePlaceOfOneThatIsLostLeavesItsFilesAlone() throws IOException {
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE);
            running.register("m", 0, TWO);
        }
        List<Path> before = files();
        Path record = world.data.resolve("record.db");
        Path kept = Files.move(record, world.data.resolve("kept.db"));
        Files.deleteIfExists(world.data.resolve("record.db-wal"));
        Files.deleteIfExists(world.data.resolve("record.db-shm"));

        try (RecordedRegistry empty = world.started()) {
            assertThat(empty.answers("m")).isEqualTo("NOT_FOUND");
            empty.files.sweep();
        }
        assertThat(before).hasSize(2);
        assertThat(files()).containsExactlyElementsOf(before);

        assertThat(Stores.restore(new StoreSettings.Sqlite(record), kept, "ops", Instant.EPOCH))
                .isOne();
        try (RecordedRegistry again = world.started()) {
            assertThat(again.answers("m")).isEqualTo("m/2");
            again.admin.delete("m", 1, "me");
        }
        assertThat(files()).hasSize(1);
    }

    @Test
    void whatServesGoesOnUntilARecordIsRestoredAndThenFollowsIt() {
        world.elsewhere = true;
        SwitchedStore record = new SwitchedStore(open("first.db"));
        world.store = () -> record;
        Path backup = world.data.resolve("backup.db");
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE, "stable");
            record.backUp(backup);
            running.register("m", 0, TWO);
            running.admin.promote("m", "stable", 2, "me");
            running.register("late", 0, THREE);
            long known = running.admin.registered("m").revision();

            ModelStore next = open("second.db");
            int readings = record.readings.get();
            record.become(next);
            running.await(() -> record.readings.get() > readings + 1);
            assertThat(running.answers("m")).isEqualTo("m/2");
            assertThat(running.answers("late")).isEqualTo("late/1");
            RecordedRegistry.assertRefused(
                    () -> running.register("new", 0, ONE), ErrorCode.NOT_READY.name(), "has no history");

            assertThat(Stores.restore(settings("third.db"), backup, "ops", Instant.EPOCH))
                    .isOne();
            ModelStore restored = open("third.db");
            // Its number is that of other bytes, which nobody knows of any more.
            ModelRecord other = with(restored.model("m").orElseThrow(), 2, running.keep("model.onnx", THREE));
            long revision = restored.put(other, new Act("you", "register", "", Instant.EPOCH))
                    .revision();
            assertThat(revision).isLessThan(known);
            record.become(restored);
            running.await(() -> outputs(running, "m", 2).contains("z3"));
            running.await(() -> running.registry.model("late") == null);
            assertThat(running.answers("m")).isEqualTo("m/1");

            // What happens from then on is news, although its revisions are no greater than those before.
            running.admin.promote("m", "stable", 2, "me");
            assertThat(running.answers("m")).isEqualTo("m/2");
        }
    }

    @Test
    void aNoteInTheRecordThatTookThePlaceOfOneThatIsLostChangesNothing() throws IOException {
        world.elsewhere = true;
        SwitchedStore record = new SwitchedStore(open("first.db"));
        world.store = () -> record;
        Path backup = world.data.resolve("backup.db");
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE);
            running.register("m", 0, TWO);
            awaitOneInUse(running);
            record.backUp(backup);
            List<Path> before = files();
            assertThat(before).hasSize(2);

            ModelStore lost = open("second.db");
            record.become(lost);
            running.admin.note("m", "me", "approve-retraining", "version 2");
            int readings = record.readings.get();
            running.await(() -> record.readings.get() > readings + 1);
            running.files.sweep();
            assertThat(files()).containsExactlyElementsOf(before);
            assertThat(running.answers("m")).isEqualTo("m/2");
            RecordedRegistry.assertRefused(
                    () -> running.register("new", 0, ONE), ErrorCode.NOT_READY.name(), "has no history");

            lost.close();
            assertThat(Stores.contents(settings("second.db")).isEmpty()).isTrue();
            assertThat(Stores.restore(settings("second.db"), backup, "ops", Instant.EPOCH))
                    .isOne();
            ModelStore restored = open("second.db");
            record.become(restored);
            assertThat(running.register("new", 0, THREE).serving()).isTrue();
            assertThat(running.answers("m")).isEqualTo("m/2");
            assertThat(restored.audit("", Long.MAX_VALUE, 9))
                    .extracting(entry -> entry.act().action())
                    .containsSubsequence("restore", "approve-retraining", "register");
        }
    }

    @Test
    void whatIsKnownOfARecordThatIsLostStaysThoughThisServerBroughtIt() throws IOException {
        SwitchedStore record = new SwitchedStore(open("first.db"));
        world.store = () -> record;
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE);
            running.register("m", 0, TWO);
            awaitOneInUse(running);
            List<Path> before = files();
            assertThat(before).hasSize(2);

            record.become(open("second.db"));
            running.files.sweep();
            assertThat(files()).containsExactlyElementsOf(before);
        }
    }

    @Test
    void dryRunsLeaveNothingOnAServerWithoutAModel() {
        try (RecordedRegistry running = world.started()) {
            for (String content : List.of(ONE, TWO, THREE)) {
                RegisterOrder order = running.order("m", 0, content);
                RegisterOrder dry =
                        new RegisterOrder("m", 0, order.content(), List.of(), Lineage.UNKNOWN, "", "", "", false, true);
                assertThat(running.admin.register(dry, "me", event -> {}).problem())
                        .isEmpty();
            }
            // What the last of them loaded is closed a moment later, and its file is in use until then.
            running.await(() -> {
                running.files.sweep();
                return !hasFiles();
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "{}", "{'models':[{'name':'m','revision':1}]}"})
    void whatIsKeptOfTheRecordAndDamagedKeepsNobodyFromReadingIt(String damaged) throws IOException {
        world.elsewhere = true;
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE);
        }
        Files.writeString(world.data.resolve("last-read.json"), damaged.replace('\'', '"'));
        Supplier<ModelStore> real = world.store;
        world.store = () -> {
            throw new StoreException(StoreException.Reason.UNAVAILABLE, "it is not there");
        };
        try (RecordedRegistry running = world.started()) {
            assertThat(running.registry.ready()).isFalse();

            world.store = real;
            running.await(() -> running.answers("m").equals("m/1") && running.registry.ready());
        }
    }

    /// A version that is closed lets go of its folder a moment later, and no sweep takes its file until then.
    private void awaitOneInUse(RecordedRegistry running) {
        running.await(() -> folders() == 1);
    }

    private long folders() {
        try (Stream<Path> all = Files.list(world.data.resolve("open"))) {
            return all.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ModelRecord with(ModelRecord model, long number, StoredFile file) {
        SortedMap<Long, VersionRecord> versions = new TreeMap<>(model.versions());
        GateRecord passed = new GateRecord("load", GateRecord.Verdict.PASSED, "");
        versions.put(
                number,
                new VersionRecord(
                        number,
                        List.of(file),
                        "",
                        Instant.EPOCH,
                        "you",
                        Lineage.UNKNOWN,
                        "",
                        true,
                        "",
                        true,
                        List.of(passed)));
        return new ModelRecord(model.name(), model.revision(), "latest 2", model.config(), versions, model.aliases());
    }

    private static String outputs(RecordedRegistry running, String model, long version) {
        return String.valueOf(
                Objects.requireNonNull(running.registry.model(model)).version(version));
    }

    private StoreSettings.Sqlite settings(String name) {
        return new StoreSettings.Sqlite(world.data.resolve(name));
    }

    private ModelStore open(String name) {
        ModelStore store = Stores.open(settings(name));
        opened.add(store);
        return store;
    }

    private boolean hasFiles() {
        try {
            return !files().isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(world.data.resolve("files"))) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
