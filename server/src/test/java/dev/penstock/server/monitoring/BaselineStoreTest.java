package dev.penstock.server.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ServingException;
import dev.penstock.monitor.recording.Edges;
import dev.penstock.monitor.recording.RecordingMemory;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What is kept of baselines, and what makes room for others.
class BaselineStoreTest extends BaselineStoreTests {
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
}
