package dev.penstock.server.monitoring;

import dev.penstock.core.DataType;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.monitor.drift.DriftChange;
import dev.penstock.monitor.drift.DriftRules;
import dev.penstock.monitor.recording.RecordingMemory;
import dev.penstock.monitor.recording.VersionRecording;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// A version that answers one number, and who watches it.
final class WatchedModel {
    static final MonitoringSettings SETTINGS =
            new MonitoringSettings(DriftRules.STANDARD, Duration.ofHours(1), Duration.ofMinutes(1), 1_000, 0.5);

    static final Signature SIGNATURE = new Signature(
            List.of(TensorSpec.of("x", DataType.FP32, -1)), List.of(TensorSpec.of("y", DataType.FP32, -1)), 0);

    private final SplittableRandom random = new SplittableRandom(5);
    private final ModelKey key;
    private VersionRecording recording;

    /// In which hours are kept.
    final RecordingMemory memory = new RecordingMemory(1L << 20);

    final VersionWatch watch;

    /// @param parameters of its configuration
    /// @param all that are watched; this one is put into it
    WatchedModel(long version, Map<String, String> parameters, Map<ModelKey, VersionWatch> all, @Nullable Path folder) {
        this(version, parameters, all, folder, Runnable::run);
    }

    /// @param disk reads and writes hours
    WatchedModel(
            long version,
            Map<String, String> parameters,
            Map<ModelKey, VersionWatch> all,
            @Nullable Path folder,
            Executor disk) {
        key = new ModelKey("m", version);
        recording = recording(key, parameters);
        watch = new VersionWatch(
                key,
                SETTINGS,
                null,
                new UsualOf(key, all, folder == null ? null : new HourSlots(key, folder, memory, disk)));
        all.put(key, watch);
    }

    private static VersionRecording recording(ModelKey key, Map<String, String> parameters) {
        ModelOrder order = ModelOrder.of(parameters, true, DriftRules.STANDARD);
        return new VersionRecording(key, SIGNATURE, order.settings(), 1, new RecordingMemory(1L << 26), () -> 0);
    }

    /// Is loaded anew with another configuration; the copy that was there is seen once more beside the new one.
    void reload(Map<String, String> parameters, long atMillis) {
        VersionRecording before = recording;
        recording = recording(key, parameters);
        watch.load(List.of(before, recording));
        watch.observe(atMillis);
    }

    /// Answers so many rows, and is looked at now and then.
    WatchedModel serve(int rows, double mean, long atMillis) {
        for (int done = 0; done < rows; done += 100) {
            float[] values = new float[100];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (mean + random.nextGaussian());
            }
            recording.ran(0, new Answers(values));
            look(atMillis);
        }
        return this;
    }

    @Nullable
    DriftChange look(long atMillis) {
        watch.load(List.of(recording));
        watch.observe(atMillis);
        watch.learn(atMillis);
        return watch.look(atMillis);
    }
}
