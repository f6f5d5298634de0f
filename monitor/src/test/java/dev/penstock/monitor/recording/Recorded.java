package dev.penstock.monitor.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import java.util.List;

/// A version as tests record it.
final class Recorded {
    static final long MUCH = 1L << 30;

    /// A vector of four numbers in; three class scores out.
    static final Signature SCORES = signature(DataType.FP32, 3);

    final VersionRecording recording;

    Recorded(Signature signature, MonitorSettings settings, int writers) {
        recording = new VersionRecording(
                new ModelKey("m", 1),
                signature,
                settings.within(1024, MUCH),
                writers,
                new RecordingMemory(MUCH),
                () -> 0);
    }

    Recorded(Signature signature) {
        this(signature, MonitorSettings.STANDARD, 1);
    }

    static Signature signature(DataType output, long... row) {
        long[] shape = new long[row.length + 1];
        shape[0] = -1;
        System.arraycopy(row, 0, shape, 1, row.length);
        return new Signature(
                List.of(TensorSpec.of("x", DataType.FP32, -1, 4)), List.of(TensorSpec.of("y", output, shape)), 0);
    }

    /// A run that leaves the input out.
    static FakeRun run(int rows) {
        return new FakeRun(rows).absent();
    }

    Recorded ran(FakeRun run) {
        recording.ran(0, run);
        return this;
    }

    /// Counts by that from now on.
    Recorded knowing(Known known) {
        assertThat(recording.know(known)).isTrue();
        return this;
    }

    Cumulative counts() {
        Cumulative counts = recording.snapshot();
        assertThat(counts).isNotNull();
        return counts;
    }

    Feature.Numeric numeric(String name) {
        return (Feature.Numeric) feature(name);
    }

    Feature.Categorical categorical(String name) {
        return (Feature.Categorical) feature(name);
    }

    MonitorPlan plan() {
        MonitorPlan plan = recording.plan();
        assertThat(plan).isNotNull();
        return plan;
    }

    private Feature feature(String name) {
        Feature feature = plan().feature(name);
        assertThat(feature).as("%s of %s", name, plan().features()).isNotNull();
        return feature;
    }

    long[] bins(String name) {
        return counts().bins(numeric(name));
    }

    long[] categories(String name) {
        return counts().categories(categorical(name));
    }

    long count(String name, int slot) {
        return counts().count(feature(name), slot);
    }
}
