package dev.penstock.server.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.core.ModelKey;
import dev.penstock.core.RunObserver;
import dev.penstock.core.RunRows;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.monitor.drift.DriftRules;
import dev.penstock.monitor.recording.MonitorSettings;
import dev.penstock.monitor.recording.RecordingMemory;
import dev.penstock.monitor.recording.Recordings;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Whether an embedding that changes as a whole is named to those who are told.
class VectorAlertTest {
    private static final ModelKey KEY = new ModelKey("m", 1);
    private static final int ELEMENTS = 1_040;
    private static final int ROWS = 2_048;
    private static final int AT_ONCE = 128;
    private static final long MINUTE = 60_000;
    private static final Signature SIGNATURE = new Signature(
            List.of(TensorSpec.of("x", DataType.FP32, -1, 4)),
            List.of(TensorSpec.of("y", DataType.FP32, -1, ELEMENTS)),
            0);

    private final SplittableRandom random = new SplittableRandom(7);
    private final RecordingMemory memory = new RecordingMemory(256 << 20);
    private final Recordings recordings = new Recordings((_, _) -> MonitorSettings.STANDARD, memory, () -> 0);
    private long nowMillis = 1_000 * 5 * MINUTE;

    /// Vectors, of which only the output is there.
    private record Rows(MemorySegment memory) implements RunRows {
        @Override
        public int rows() {
            return AT_ONCE;
        }

        @Override
        public long rowBytes(int tensor) {
            return tensor == 0 ? ABSENT : (long) ELEMENTS * Float.BYTES;
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

    private Rows rows(double mean) {
        float[] values = new float[AT_ONCE * ELEMENTS];
        for (int i = 0; i < values.length; i++) {
            double deviation = i % ELEMENTS < 8 ? 3 : 0.1;
            values[i] = (float) (1 + deviation * (mean + random.nextGaussian()));
        }
        return new Rows(MemorySegment.ofArray(values));
    }

    private void serve(Monitoring monitoring, RunObserver copy, double mean, int tickMillis) {
        for (int done = 0; done < ROWS; done += AT_ONCE) {
            copy.ran(0, rows(mean));
            nowMillis += tickMillis;
            monitoring.tick(nowMillis);
        }
    }

    @Test
    void anAlertNamesTheTensorOfAVectorThatMoved() {
        MonitoringSettings settings =
                new MonitoringSettings(DriftRules.STANDARD, Duration.ofHours(1), Duration.ofMinutes(1), ROWS, 1);
        try (Monitoring monitoring = new Monitoring(
                recordings::open, _ -> true, memory, settings, 2, null, null, null, () -> Instant.ofEpochMilli(0))) {
            RunObserver copy = recordings.of(KEY, SIGNATURE, 2, Map.of());
            for (int i = 0; i < 3; i++) {
                serve(monitoring, copy, 0, 10);
            }
            assertThat(monitoring.watched(KEY).phase()).isEqualTo(Watched.Phase.WATCHING);

            for (int i = 0; i < 3; i++) {
                serve(monitoring, copy, 1, 10);
                nowMillis += 5 * MINUTE;
                monitoring.tick(nowMillis);
            }

            assertThat(monitoring.alerts()).hasSize(1);
            assertThat(monitoring.alerts().getFirst().features()).contains("output:y");
        }
    }
}
