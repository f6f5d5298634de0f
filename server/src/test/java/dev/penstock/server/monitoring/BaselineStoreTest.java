package dev.penstock.server.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.monitor.recording.Edges;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.RecordingMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is kept of baselines, and what makes room for others.
class BaselineStoreTest {
    private final RecordingMemory memory = new RecordingMemory(1 << 20);

    @TempDir
    private Path folder;

    private static Baseline baseline(Baseline.Origin origin, long number) {
        Edges edges = Edges.of(0, 1);
        long[] counts = new long[Feature.Numeric.FIRST_BIN + edges.bins()];
        counts[Feature.Numeric.FIRST_BIN] = number;
        FeatureCounts counted = FeatureCounts.of(counts, new double[counts.length]);
        return new Baseline("m", origin, number, number, List.of(new BaselineFeature.Numbers("x", edges, counted)));
    }

    private static BaselineStore full(@Nullable Path folder, RecordingMemory memory) throws Exception {
        BaselineStore store = new BaselineStore(folder, memory);
        for (int i = 0; i < BaselineStore.MOST; i++) {
            Baseline.Origin origin = i == 10 || i == 20 ? Baseline.Origin.LEARNED : Baseline.Origin.UPLOADED;
            assertThat(store.add(baseline(origin, i), version -> true)).isEmpty();
        }
        return store;
    }

    @Test
    void learnedOnesThatNoVersionNeedsMakeRoomTheOldestFirst() throws Exception {
        BaselineStore store = full(null, memory);
        String needed = baseline(Baseline.Origin.LEARNED, 10).id();
        String replaced = baseline(Baseline.Origin.LEARNED, 20).id();
        store.assign("m", 3, needed);
        store.assign("m", 2, replaced);
        long before = memory.reservedBytes();

        assertThat(store.add(baseline(Baseline.Origin.CAPTURED, 100), version -> version == 3))
                .isEmpty();

        assertThat(store.find("m", replaced)).isNull();
        assertThat(store.assigned("m", 2)).isNull();
        assertThat(store.assigned("m", 3)).isNotNull();
        assertThat(store.of("m")).hasSize(BaselineStore.MOST);
        assertThat(memory.reservedBytes()).isEqualTo(before);
        assertThat(store.add(baseline(Baseline.Origin.CAPTURED, 101), version -> version == 3))
                .isEqualTo("m has 64 baselines (expected: fewer than 64; DELETE one that no version is held against)");
    }

    @Test
    void whatFindsNoRoomAnywayTakesNothingFromOthers() throws Exception {
        Baseline one = baseline(Baseline.Origin.UPLOADED, 1);
        RecordingMemory little = new RecordingMemory(one.bytes() * 3);
        BaselineStore store = new BaselineStore(null, little);
        assertThat(store.add(baseline(Baseline.Origin.LEARNED, 1), _ -> false)).isEmpty();
        assertThat(store.add(baseline(Baseline.Origin.LEARNED, 2), _ -> false)).isEmpty();
        assertThat(little.tryReserve(one.bytes())).isTrue();
        FeatureCounts counts = one.features().getFirst().counts();
        List<BaselineFeature> three = IntStream.range(0, 3)
                .<BaselineFeature>mapToObj(i -> new BaselineFeature.Numbers("f" + i, Edges.of(0, 1), counts))
                .toList();
        Baseline threefold = new Baseline("m", Baseline.Origin.UPLOADED, 1, 9, three);

        assertThat(store.add(threefold, _ -> false)).contains("where 0 are free");
        assertThat(store.of("m")).hasSize(2);

        // Of what may go, no more goes than has to.
        assertThat(store.add(baseline(Baseline.Origin.UPLOADED, 3), _ -> false)).isEmpty();
        assertThat(store.of("m")).extracting(Baseline::createdMillis).containsExactly(2L, 3L);
    }

    @Test
    void whatCannotBeWrittenTakesNothingFromOthers() throws Exception {
        BaselineStore store = full(folder, memory);
        Baseline oldest = baseline(Baseline.Origin.LEARNED, 10);
        long before = memory.reservedBytes();
        Baseline added = baseline(Baseline.Origin.CAPTURED, 100);
        // In the way of its file.
        Path part = Files.createDirectory(folder.resolve("m").resolve(added.id() + ".json.part"));

        assertThatThrownBy(() -> store.add(added, _ -> false)).isInstanceOf(IOException.class);
        assertThat(store.of("m")).hasSize(BaselineStore.MOST);
        assertThat(store.find("m", oldest.id())).isNotNull();
        assertThat(memory.reservedBytes()).isEqualTo(before);

        // Nor does it stay where the other cannot go.
        Files.delete(part);
        Path file = folder.resolve("m").resolve(oldest.id() + ".json");
        Files.delete(file);
        Files.createDirectories(file.resolve("something"));
        assertThatThrownBy(() -> store.add(added, _ -> false)).isInstanceOf(IOException.class);
        assertThat(store.find("m", added.id())).isNull();
        assertThat(store.find("m", oldest.id())).isNotNull();
        assertThat(folder.resolve("m").resolve(added.id() + ".json")).doesNotExist();
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
        BaselineStore store = new BaselineStore(null, little);
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
                assertThat(store.add(learned, _ -> false)).isEmpty();
                String full = store.add(twofold, _ -> false);
                assertThat(store.find("m", twofold.id()) != null).as(full).isEqualTo(full.isEmpty());
                assertThat(store.find("m", learned.id()) == null).as(full).isEqualTo(full.isEmpty());
                store.remove("m", twofold.id());
            }
        } finally {
            ended.set(true);
            others.join();
        }
        store.remove("m", learned.id());
        assertThat(little.reservedBytes()).isZero();
    }

    @Test
    void whatIsForgottenStaysSoAfterARestart() throws Exception {
        BaselineStore store = full(folder, memory);
        String gone = baseline(Baseline.Origin.UPLOADED, 5).id();
        String kept = baseline(Baseline.Origin.UPLOADED, 6).id();
        store.assign("m", 1, gone);
        store.assign("m", 2, kept);
        assertThat(store.users("m", gone)).containsExactly(1L);

        store.remove("m", gone);

        BaselineStore restarted = new BaselineStore(folder, new RecordingMemory(1 << 20));
        assertThat(restarted.of("m")).hasSize(BaselineStore.MOST - 1);
        assertThat(restarted.find("m", gone)).isNull();
        assertThat(restarted.assigned("m", 1)).isNull();
        assertThat(restarted.assigned("m", 2)).isNotNull();
    }

    @Test
    void theirMemoryIsBoundedAndThoseInUseComeFirst() throws Exception {
        Baseline one = baseline(Baseline.Origin.UPLOADED, 1);
        BaselineStore store = full(folder, memory);
        String used = baseline(Baseline.Origin.UPLOADED, 50).id();
        store.assign("m", 1, used);

        RecordingMemory little = new RecordingMemory(one.bytes() * 3);
        BaselineStore restarted = new BaselineStore(folder, little);

        assertThat(restarted.of("m")).hasSize(3);
        assertThat(restarted.assigned("m", 1)).isNotNull();
        assertThat(restarted.add(baseline(Baseline.Origin.UPLOADED, 99), version -> true))
                .contains("where 0 are free (expected: more in monitoring.max-bytes)");
        restarted.remove("m", used);
        assertThat(restarted.add(baseline(Baseline.Origin.UPLOADED, 99), version -> true))
                .isEmpty();
    }
}
