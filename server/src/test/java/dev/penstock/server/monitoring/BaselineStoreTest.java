package dev.penstock.server.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ServingException;
import dev.penstock.monitor.recording.Edges;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.RecordingMemory;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.StoreSettings;
import dev.penstock.server.store.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is kept of baselines, and what makes room for others.
class BaselineStoreTest {
    private final RecordingMemory memory = new RecordingMemory(1 << 20);

    @TempDir
    private Path folder;

    private ModelStore store;
    private SharedRecord record;

    @BeforeEach
    void open() {
        store = Stores.open(new StoreSettings.Sqlite(folder.resolve("record.db")));
        record = new SharedRecord(store);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static Baseline baseline(Baseline.Origin origin, long number) {
        Edges edges = Edges.of(0, 1);
        long[] counts = new long[Feature.Numeric.FIRST_BIN + edges.bins()];
        counts[Feature.Numeric.FIRST_BIN] = number;
        FeatureCounts counted = FeatureCounts.of(counts, new double[counts.length]);
        return new Baseline("m", origin, number, number, List.of(new BaselineFeature.Numbers("x", edges, counted)));
    }

    private BaselineStore full() {
        return full(new BaselineStore(record, null, memory), BaselineStore.MOST);
    }

    private static BaselineStore full(BaselineStore store, int count) {
        for (int i = 0; i < count; i++) {
            Baseline.Origin origin = i == 10 || i == 20 ? Baseline.Origin.LEARNED : Baseline.Origin.UPLOADED;
            assertThat(store.add(baseline(origin, i), version -> true, "ann")).isEmpty();
        }
        return store;
    }

    private static List<String> texts(BaselineStore store) {
        return store.of("m").stream().map(Baseline::json).toList();
    }

    private static String text(@Nullable Baseline baseline) {
        return baseline == null ? "none" : baseline.json();
    }

    /// As releases before kept them.
    private void keepInFolder(Baseline... baselines) throws IOException {
        Path own = Files.createDirectories(folder.resolve("m"));
        for (Baseline one : baselines) {
            Files.writeString(own.resolve(one.id() + ".json"), one.json());
        }
    }

    @Test
    void learnedOnesThatNoVersionNeedsMakeRoomTheOldestFirst() throws Exception {
        BaselineStore store = full(new BaselineStore(null, null, memory), BaselineStore.MOST);
        String needed = baseline(Baseline.Origin.LEARNED, 10).id();
        String replaced = baseline(Baseline.Origin.LEARNED, 20).id();
        assertThat(store.assign("m", 3, needed, "ann")).isTrue();
        assertThat(store.assign("m", 2, replaced, "ann")).isTrue();
        long before = memory.reservedBytes();

        assertThat(store.add(baseline(Baseline.Origin.CAPTURED, 100), version -> version == 3, "ann"))
                .isEmpty();

        assertThat(store.find("m", replaced)).isNull();
        assertThat(store.assigned("m", 2)).isNull();
        assertThat(store.assigned("m", 3)).isNotNull();
        assertThat(store.of("m")).hasSize(BaselineStore.MOST);
        assertThat(memory.reservedBytes()).isEqualTo(before);
        assertThat(store.add(baseline(Baseline.Origin.CAPTURED, 101), version -> version == 3, "ann"))
                .isEqualTo("m has 64 baselines (expected: fewer than 64; DELETE one that no version is held against)");
    }

    @Test
    void whatFindsNoRoomAnywayTakesNothingFromOthers() throws Exception {
        Baseline one = baseline(Baseline.Origin.UPLOADED, 1);
        RecordingMemory little = new RecordingMemory(one.bytes() * 3);
        BaselineStore store = new BaselineStore(null, null, little);
        assertThat(store.add(baseline(Baseline.Origin.LEARNED, 1), _ -> false, "ann"))
                .isEmpty();
        assertThat(store.add(baseline(Baseline.Origin.LEARNED, 2), _ -> false, "ann"))
                .isEmpty();
        assertThat(little.tryReserve(one.bytes())).isTrue();
        FeatureCounts counts = one.features().getFirst().counts();
        List<BaselineFeature> three = IntStream.range(0, 3)
                .<BaselineFeature>mapToObj(i -> new BaselineFeature.Numbers("f" + i, Edges.of(0, 1), counts))
                .toList();
        Baseline threefold = new Baseline("m", Baseline.Origin.UPLOADED, 1, 9, three);

        assertThat(store.add(threefold, _ -> false, "ann")).contains("where 0 are free");
        assertThat(store.of("m")).hasSize(2);

        // Of what may go, no more goes than has to.
        assertThat(store.add(baseline(Baseline.Origin.UPLOADED, 3), _ -> false, "ann"))
                .isEmpty();
        assertThat(store.of("m")).extracting(Baseline::createdMillis).containsExactly(2L, 3L);
    }

    @Test
    void whatCannotBeWrittenTakesNothingFromOthers() {
        BaselineStore store = full();
        Baseline oldest = baseline(Baseline.Origin.LEARNED, 10);
        long before = memory.reservedBytes();
        Baseline added = baseline(Baseline.Origin.CAPTURED, 100);
        record.reachable = false;

        assertThatThrownBy(() -> store.add(added, _ -> false, "ann")).isInstanceOf(ServingException.class);
        assertThatThrownBy(() -> store.remove("m", oldest.id(), _ -> false, "ann"))
                .isInstanceOf(ServingException.class);
        assertThatThrownBy(() -> store.assign("m", 1, oldest.id(), "ann")).isInstanceOf(ServingException.class);

        assertThat(store.of("m")).hasSize(BaselineStore.MOST);
        assertThat(store.find("m", oldest.id())).isNotNull();
        assertThat(store.assigned("m", 1)).isNull();
        assertThat(memory.reservedBytes()).isEqualTo(before);
    }

    @Test
    void whatOthersDoWithTheMemoryMeanwhileLosesNoneAndIsNeverTakenForRoom() throws Exception {
        Baseline learned = baseline(Baseline.Origin.LEARNED, 1);
        FeatureCounts counts = learned.features().getFirst().counts();
        Baseline twofold = new Baseline(
                "m",
                Baseline.Origin.UPLOADED,
                1,
                2,
                List.of(
                        new BaselineFeature.Numbers("a", Edges.of(0, 1), counts),
                        new BaselineFeature.Numbers("b", Edges.of(0, 1), counts)));
        RecordingMemory little = new RecordingMemory(learned.bytes() + twofold.bytes() / 2);
        assertThat(twofold.bytes()).isLessThanOrEqualTo(little.maxBytes());
        BaselineStore store = new BaselineStore(null, null, little);
        AtomicBoolean ended = new AtomicBoolean();
        Thread others = Thread.ofPlatform().start(() -> {
            while (!ended.get()) {
                if (little.tryReserve(learned.bytes())) {
                    little.release(learned.bytes());
                }
            }
        });
        try {
            for (int i = 0; i < 20_000; i++) {
                assertThat(store.add(learned, _ -> false, "ann")).isEmpty();
                String full = store.add(twofold, _ -> false, "ann");
                assertThat(store.find("m", twofold.id()) != null).as(full).isEqualTo(full.isEmpty());
                assertThat(store.find("m", learned.id()) == null).as(full).isEqualTo(full.isEmpty());
                store.remove("m", twofold.id(), _ -> false, "ann");
            }
        } finally {
            ended.set(true);
            others.join();
        }
        store.remove("m", learned.id(), _ -> false, "ann");
        assertThat(little.reservedBytes()).isZero();
    }

    @Test
    void whatAnotherServerHoldsAVersionAgainstMeanwhileIsNotForgotten() {
        BaselineStore here = full(new BaselineStore(record, null, memory), 1);
        String id = here.of("m").getFirst().id();
        BaselineStore there = new BaselineStore(new SharedRecord(store), null, new RecordingMemory(1 << 20));
        assertThat(there.assign("m", 1, id, "bob")).isTrue();

        assertThatThrownBy(() -> here.remove("m", id, version -> version == 1, "ann"))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("versions [1] are held against it");

        assertThat(store.baselines().of("m").ids()).containsExactly(id);
        here.remove("m", id, version -> version == 2, "ann");
        assertThat(store.baselines().of("m").ids()).isEmpty();
    }

    @Test
    void whatIsForgottenStaysSoAfterARestart() {
        BaselineStore store = full();
        String gone = baseline(Baseline.Origin.UPLOADED, 5).id();
        String kept = baseline(Baseline.Origin.UPLOADED, 6).id();
        assertThat(store.assign("m", 1, gone, "ann")).isTrue();
        assertThat(store.assign("m", 2, kept, "ann")).isTrue();

        store.remove("m", gone, _ -> false, "ann");

        BaselineStore restarted = new BaselineStore(record, null, new RecordingMemory(1 << 20));
        assertThat(texts(restarted)).isEqualTo(texts(store)).hasSize(BaselineStore.MOST - 1);
        assertThat(restarted.find("m", gone)).isNull();
        assertThat(restarted.assigned("m", 1)).isNull();
        assertThat(restarted.assigned("m", 2)).isNotNull();
    }

    @Test
    void theirMemoryIsBoundedAndThoseInUseComeFirst() {
        Baseline one = baseline(Baseline.Origin.UPLOADED, 1);
        BaselineStore store = full(new BaselineStore(record, null, memory), 10);
        String used = baseline(Baseline.Origin.UPLOADED, 8).id();
        String leftOut = baseline(Baseline.Origin.UPLOADED, 5).id();
        assertThat(store.assign("m", 1, used, "ann")).isTrue();

        RecordingMemory little = new RecordingMemory(one.bytes() * 3);
        BaselineStore restarted = new BaselineStore(record, null, little);

        assertThat(restarted.of("m")).hasSize(3);
        assertThat(restarted.assigned("m", 1)).isNotNull();
        assertThat(restarted.add(baseline(Baseline.Origin.UPLOADED, 99), version -> true, "ann"))
                .contains("where 0 are free (expected: more in monitoring.max-bytes)");
        assertThat(restarted.find("m", leftOut)).as("for whoever asks").isNotNull();
        assertThat(restarted.assign("m", 2, leftOut, "ann")).isFalse();
        restarted.remove("m", leftOut, _ -> false, "ann");
        assertThat(restarted.find("m", leftOut)).isNull();
        restarted.remove("m", used, _ -> false, "ann");
        assertThat(restarted.add(baseline(Baseline.Origin.UPLOADED, 99), version -> true, "ann"))
                .isEmpty();
        assertThat(little.reservedBytes()).isEqualTo(3 * one.bytes());
    }

    @Test
    void whatIsDoneOnOneServerIsSoOnAll() {
        BaselineStore here = new BaselineStore(record, null, memory);
        RecordingMemory others = new RecordingMemory(1 << 20);
        BaselineStore there = new BaselineStore(new SharedRecord(store), null, others);
        assertThat(here.of("m")).isEmpty();
        Baseline first = baseline(Baseline.Origin.UPLOADED, 1);
        Baseline second = baseline(Baseline.Origin.UPLOADED, 2);

        assertThat(there.add(first, version -> true, "ann")).isEmpty();
        assertThat(there.assign("m", 1, first.id(), "ann")).isTrue();
        assertThat(here.follow()).containsExactly("m");
        assertThat(text(here.assigned("m", 1))).isEqualTo(first.json());
        assertThat(here.follow()).isEmpty();

        assertThat(there.add(second, version -> true, "ann")).isEmpty();
        there.remove("m", first.id(), _ -> false, "ann");
        assertThat(here.assign("m", 1, first.id(), "ann"))
                .as("it is gone there")
                .isFalse();
        assertThat(here.assign("m", 1, second.id(), "ann")).as("it is there").isTrue();
        assertThat(texts(here)).containsExactly(second.json());
        assertThat(memory.reservedBytes()).isEqualTo(second.bytes());
        assertThat(there.follow()).containsExactly("m");
        assertThat(text(there.assigned("m", 1))).isEqualTo(second.json());
        assertThat(others.reservedBytes()).isEqualTo(second.bytes());
    }

    @Test
    void ofTwoThatLearnTheFirstCounts() {
        BaselineStore here = new BaselineStore(record, null, memory);
        BaselineStore there = new BaselineStore(new SharedRecord(store), null, new RecordingMemory(1 << 20));
        assertThat(here.of("m")).isEmpty();
        Baseline first = baseline(Baseline.Origin.LEARNED, 1);

        assertThat(there.learn(7, first, _ -> true)).isEmpty();
        assertThat(here.learn(7, baseline(Baseline.Origin.LEARNED, 2), _ -> true))
                .isEmpty();

        assertThat(text(here.assigned("m", 7))).isEqualTo(first.json());
        assertThat(texts(here)).containsExactly(first.json());
        assertThat(memory.reservedBytes()).isEqualTo(first.bytes());
        assertThat(store.audit("m", Long.MAX_VALUE, 9))
                .extracting(entry -> entry.act().action())
                .containsExactly("learn-baseline");
    }

    @Test
    void whatReleasesBeforeKeptIsTakenOverOnce() throws Exception {
        Baseline used = baseline(Baseline.Origin.LEARNED, 1);
        Baseline unused = baseline(Baseline.Origin.UPLOADED, 2);
        keepInFolder(used, unused);
        Path own = folder.resolve("m");
        Files.writeString(own.resolve("assigned.json"), "{\"3\":\"%s\",\"4\":\"gone\"}".formatted(used.id()));
        Files.writeString(own.resolve("broken.json"), "{");
        Path hours = Files.createDirectories(own.resolve("hours-3"));
        BaselineStore store = new BaselineStore(record, new BaselineFiles(folder), memory);

        assertThat(texts(store)).containsExactlyInAnyOrder(used.json(), unused.json());
        assertThat(store.assigned("m")).isEqualTo(Map.of(3L, used.id()));
        try (Stream<Path> left = Files.list(own)) {
            assertThat(left).containsExactlyInAnyOrder(own.resolve("broken.json"), hours);
        }

        store.remove("m", unused.id(), _ -> false, "ann");
        keepInFolder(used);
        Files.writeString(own.resolve("assigned.json"), "{\"3\":\"%s\"}".formatted(used.id()));
        BaselineStore restarted = new BaselineStore(record, new BaselineFiles(folder), new RecordingMemory(1 << 20));
        assertThat(texts(restarted)).containsExactly(used.json());
        assertThat(own.resolve("assigned.json")).doesNotExist();
    }

    @Test
    void filesStayOfWhatTheRecordHasNoRoomFor() throws Exception {
        full();
        Baseline local = baseline(Baseline.Origin.LEARNED, 1_000);
        Baseline known = baseline(Baseline.Origin.UPLOADED, 1);
        keepInFolder(local, known);
        Path own = folder.resolve("m");
        Files.writeString(own.resolve("assigned.json"), "{\"3\":\"%s\"}".formatted(local.id()));

        BaselineStore here = new BaselineStore(record, new BaselineFiles(folder), new RecordingMemory(1 << 20));

        assertThat(texts(here)).hasSize(BaselineStore.MOST).doesNotContain(local.json());
        try (Stream<Path> left = Files.list(own)) {
            assertThat(left).containsExactlyInAnyOrder(own.resolve(local.id() + ".json"), own.resolve("assigned.json"));
        }

        here.remove("m", baseline(Baseline.Origin.UPLOADED, 5).id(), _ -> false, "ann");
        BaselineStore restarted = new BaselineStore(record, new BaselineFiles(folder), new RecordingMemory(1 << 20));
        assertThat(text(restarted.assigned("m", 3))).isEqualTo(local.json());
        assertThat(own.resolve("assigned.json")).doesNotExist();
    }

    @Test
    void whatIsInTheRecordCountsMoreThanAFolder() throws Exception {
        Baseline recorded = baseline(Baseline.Origin.UPLOADED, 1);
        BaselineStore there = new BaselineStore(new SharedRecord(store), null, new RecordingMemory(1 << 20));
        assertThat(there.add(recorded, _ -> true, "ann")).isEmpty();
        assertThat(there.assign("m", 3, recorded.id(), "ann")).isTrue();
        Baseline local = baseline(Baseline.Origin.LEARNED, 2);
        keepInFolder(local);
        Files.writeString(
                folder.resolve("m").resolve("assigned.json"),
                "{\"3\":\"%s\",\"4\":\"%s\"}".formatted(local.id(), local.id()));

        BaselineStore here = new BaselineStore(record, new BaselineFiles(folder), memory);

        assertThat(text(here.assigned("m", 3))).isEqualTo(recorded.json());
        assertThat(text(here.assigned("m", 4))).isEqualTo(local.json());
    }

    @Test
    void aFolderIsKeptUntilTheRecordHasIt() throws Exception {
        Baseline one = baseline(Baseline.Origin.LEARNED, 1);
        keepInFolder(one);
        record.reachable = false;
        BaselineStore store = new BaselineStore(record, new BaselineFiles(folder), memory);

        assertThatThrownBy(() -> store.of("m")).isInstanceOf(ServingException.class);
        assertThat(store.isRead("m")).isFalse();
        assertThat(folder.resolve("m").resolve(one.id() + ".json")).exists();

        record.reachable = true;
        assertThat(texts(store)).containsExactly(one.json());
    }
}
