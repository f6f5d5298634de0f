package dev.penstock.server.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.DataType;
import dev.penstock.core.ModelKey;
import dev.penstock.core.RunObserver;
import dev.penstock.core.RunRows;
import dev.penstock.core.ServingException;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.monitor.drift.DriftRules;
import dev.penstock.monitor.recording.RecordingMemory;
import dev.penstock.monitor.recording.Recordings;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Whether versions are watched through what becomes of them, without a server. The times are given.
class MonitoringTest {
    private static final ModelKey KEY = new ModelKey("m", 1);
    private static final int ROWS = 1_000;
    private static final long MINUTE = 60_000;
    private static final Signature SCORES = signature(3);
    private static final float[] FIRST = {0.9f, 0.05f, 0.05f};
    private static final float[] LAST = {0.05f, 0.05f, 0.9f};

    private final RecordingMemory memory = new RecordingMemory(16 << 20);
    private final Recordings recordings = new Recordings(
            (_, says) -> ModelOrder.of(says, true, DriftRules.STANDARD).settings(), memory, () -> 0);
    private final Set<ModelKey> serving = new HashSet<>(Set.of(KEY));
    private final MonitoringSettings settings =
            new MonitoringSettings(DriftRules.STANDARD, Duration.ofHours(1), Duration.ofMinutes(1), ROWS, 1);
    private final Monitoring monitoring = new Monitoring(
            recordings::open, serving::contains, memory, settings, 2, null, null, null, () -> Instant.ofEpochMilli(0));
    private long nowMillis = 1_000 * 5 * MINUTE;

    @AfterEach
    void close() {
        monitoring.close();
    }

    private static Signature signature(long elements) {
        return new Signature(
                List.of(TensorSpec.of("x", DataType.FP32, -1, 4)),
                List.of(TensorSpec.of("y", DataType.FP32, -1, elements)),
                0);
    }

    /// One row, of which only the output is there.
    private record Row(MemorySegment memory) implements RunRows {
        static Row of(float... values) {
            return new Row(MemorySegment.ofArray(values));
        }

        @Override
        public int rows() {
            return 1;
        }

        @Override
        public long rowBytes(int tensor) {
            return tensor == 0 ? ABSENT : memory.byteSize();
        }

        @Override
        public long offset(int tensor) {
            return 0;
        }

        @Override
        public MemorySegment memory(int tensor) {
            return memory;
        }
    }

    private RunObserver load(Signature signature) {
        return recordings.of(KEY, signature, 2, Map.of());
    }

    private static void run(RunObserver copy, int rows, float... values) {
        Row row = Row.of(values);
        for (int i = 0; i < rows; i++) {
            copy.ran(0, row);
        }
    }

    /// So many that the bins are known, and no more: 256 places are kept of what is learnt from.
    private void learnBins(RunObserver copy) {
        for (int done = 0; done < ROWS; done += 250) {
            run(copy, 250, FIRST);
            tick(1_000);
        }
        assertThat(monitoring.watched(KEY).phase()).isEqualTo(Watched.Phase.COLLECTING);
    }

    private void tick(long laterMillis) {
        nowMillis += laterMillis;
        monitoring.tick(nowMillis);
    }

    @Test
    void whatACopyCountedLastIsInTheWindows() {
        RunObserver copy = load(SCORES);
        learnBins(copy);
        run(copy, ROWS, FIRST);
        tick(1_000);
        run(copy, 10, FIRST);
        tick(1_000);
        RunObserver other = load(SCORES);
        tick(1_000);
        run(copy, 7, FIRST);
        copy.close();
        run(other, 5, FIRST);
        tick(1_000);

        assertThat(monitoring.evaluation(KEY, null).rows()).isEqualTo(22);
    }

    @Test
    void aVersionOnDemandLearnsOverItsLoadsAndKeepsItsAlert() {
        for (int load = 0; load < 8; load++) {
            RunObserver copy = load(SCORES);
            tick(1_000);
            run(copy, ROWS / 4, FIRST);
            tick(1_000);
            copy.close();
            tick(1_000);
        }
        assertThat(monitoring.watched(KEY).phase()).isEqualTo(Watched.Phase.WATCHING);
        assertThat(monitoring.baselines("m")).as("what was learnt").hasSize(1);
        long asleep = memory.reservedBytes();
        assertThat(asleep).as("windows that are kept").isPositive();

        for (int i = 0; i < 3; i++) {
            RunObserver copy = load(SCORES);
            tick(1_000);
            run(copy, ROWS, LAST);
            tick(1_000);
            copy.close();
            tick(5 * MINUTE);
        }
        assertThat(monitoring.alerts()).hasSize(1);
        assertThat(monitoring.alerts().getFirst().clearedMillis()).isZero();
        assertThat(monitoring.activeAlerts()).isEqualTo(monitoring.alerts());
        assertThat(memory.reservedBytes()).isEqualTo(asleep);

        serving.clear();
        tick(1_000);
        assertThat(monitoring.alerts().getFirst().clearedMillis()).isEqualTo(nowMillis);
        assertThat(monitoring.activeAlerts()).isEmpty();
        assertThatThrownBy(() -> monitoring.watched(KEY)).isInstanceOf(ServingException.class);
        assertThat(memory.reservedBytes())
                .as("the baseline is kept")
                .isEqualTo(monitoring.baselines("m").getFirst().bytes());
    }

    /// One row of two outputs, of which few ask for the second.
    private record Pair(MemorySegment often, @Nullable MemorySegment seldom) implements RunRows {
        static Pair of(double often, double seldom) {
            return new Pair(segment(often), Double.isNaN(seldom) ? null : segment(seldom));
        }

        private static MemorySegment segment(double value) {
            return MemorySegment.ofArray(new float[] {(float) value});
        }

        @Override
        public int rows() {
            return 1;
        }

        @Override
        public long rowBytes(int tensor) {
            return tensor == 0 || (tensor == 2 && seldom == null) ? ABSENT : Float.BYTES;
        }

        @Override
        public long offset(int tensor) {
            return 0;
        }

        @Override
        public MemorySegment memory(int tensor) {
            return tensor == 2 && seldom != null ? seldom : often;
        }
    }

    private static final Signature TWO = new Signature(
            List.of(TensorSpec.of("x", DataType.FP32, -1, 4)),
            List.of(TensorSpec.of("often", DataType.FP32, -1, 1), TensorSpec.of("seldom", DataType.FP32, -1, 1)),
            0);

    /// Of so many sub-windows, in each of which the second output is asked for by one row in so many.
    private void serve(RunObserver copy, SplittableRandom random, int subWindows, int every, double seldom) {
        for (int i = 0; i < subWindows; i++) {
            for (int row = 0; row < ROWS; row++) {
                copy.ran(
                        0,
                        Pair.of(random.nextGaussian(), row % every == 0 ? seldom + random.nextGaussian() : Double.NaN));
                if (row % 200 == 0) {
                    tick(1_000);
                }
            }
            tick(5 * MINUTE - 5_000);
        }
    }

    @Test
    void anOutputThatFewAskForIsJudgedOnceEnoughHaveCome() {
        SplittableRandom random = new SplittableRandom(9);
        RunObserver copy = recordings.of(KEY, TWO, 2, Map.of("monitor.baseline", "previous 1h"));
        serve(copy, random, 16, 1, 0);
        assertThat(monitoring.watched(KEY).phase()).isEqualTo(Watched.Phase.WATCHING);
        serve(copy, random, 6, 5, 0);
        assertThat(monitoring.alerts()).isEmpty();

        // Two hundred values each time: the third and the sixth have enough.
        serve(copy, random, 9, 5, 3);

        assertThat(monitoring.alerts()).singleElement().satisfies(alert -> {
            assertThat(alert.features()).containsExactly("output:seldom");
            assertThat(alert.share()).isEqualTo(0.5);
        });
    }

    @Test
    void whatNothingWasKnownOfIsLearntWhenItComes() {
        RunObserver copy = load(signature(1));
        Row odd = Row.of(Float.NaN);
        for (int i = 0; i < 11 * ROWS; i++) {
            copy.ran(0, odd);
        }
        tick(1_000);
        tick(1_000);
        Watched nothing = monitoring.watched(KEY);
        assertThat(nothing.phase()).isEqualTo(Watched.Phase.LEARNING);
        assertThat(nothing.note()).contains("output:y", "none of the values can be learnt from");
        assertThat(monitoring.baselines("m")).isEmpty();

        for (int i = 0; i < 3 * ROWS; i++) {
            copy.ran(0, Row.of(i % 100));
            if (i % 200 == 0) {
                tick(1_000);
            }
        }

        Watched watched = monitoring.watched(KEY);
        assertThat(watched.phase()).isEqualTo(Watched.Phase.WATCHING);
        assertThat(watched.note()).isEmpty();
    }

    @Test
    void aBaselineThatIsInUseIsNotForgotten() {
        RunObserver copy = load(SCORES);
        learnBins(copy);
        run(copy, ROWS, FIRST);
        tick(1_000);
        tick(1_000);
        String id = monitoring.watched(KEY).baselineId();

        assertThatThrownBy(() -> monitoring.remove("m", id, "ann"))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("versions [1] are held against it");
        assertThatThrownBy(() -> monitoring.remove("m", "none", "ann")).hasMessageContaining("has no baseline 'none'");
        copy.close();
        serving.clear();
        tick(1_000);
        monitoring.remove("m", id, "ann");
        assertThat(monitoring.baselines("m")).isEmpty();
        assertThat(memory.reservedBytes()).isZero();
    }
}
