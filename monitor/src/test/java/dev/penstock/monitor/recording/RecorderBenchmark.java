package dev.penstock.monitor.recording;

import dev.penstock.core.DataType;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What recording costs the thread that runs a model: a row of three class scores with class, score, margin and
/// entropy, and a monitored value of an input. Rows lie in native memory, as those of batches do; nothing is
/// sampled. Run it with `-prof gc`: it allocates nothing.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"-Xmx512m", "--enable-native-access=ALL-UNNAMED"})
@OperationsPerInvocation(RecorderBenchmark.ROWS)
public class RecorderBenchmark {
    static final int ROWS = 256;
    static final int VALUES = 64;

    /// Rows of one run.
    @Param({"1", "32"})
    public int batch;

    private VersionRecording probabilities = recording(false);
    private VersionRecording logits = recording(false);
    private VersionRecording values = recording(true);
    private FakeRun[] probabilityRuns = {};
    private FakeRun[] logitRuns = {};
    private FakeRun[] valueRuns = {};

    private static VersionRecording recording(boolean inputs) {
        Signature signature = new Signature(
                List.of(TensorSpec.of("x", DataType.FP32, -1, VALUES)),
                List.of(TensorSpec.of("y", DataType.FP32, -1, 3)),
                0);
        MonitorSettings settings = inputs
                ? MonitorSettings.OFF.withInputs(List.of(FeatureOrder.of("x", FeatureOrder.Kind.NUMERIC)))
                : MonitorSettings.STANDARD;
        return new VersionRecording(
                new ModelKey("m", 1), signature, settings, 1, new RecordingMemory(1 << 30), NanoClock.SYSTEM);
    }

    @Setup
    public void fill() {
        SplittableRandom random = new SplittableRandom(1);
        int runs = ROWS / batch;
        probabilityRuns = new FakeRun[runs];
        logitRuns = new FakeRun[runs];
        valueRuns = new FakeRun[runs];
        for (int run = 0; run < runs; run++) {
            float[] scores = new float[3 * batch];
            float[] raw = new float[3 * batch];
            for (int i = 0; i < batch; i++) {
                float one = random.nextFloat();
                float two = (1 - one) * random.nextFloat();
                scores[3 * i] = one;
                scores[3 * i + 1] = two;
                scores[3 * i + 2] = 1 - one - two;
                for (int c = 0; c < 3; c++) {
                    raw[3 * i + c] = (float) random.nextDouble(-6, 6);
                }
            }
            float[] inputs = new float[VALUES * batch];
            for (int i = 0; i < inputs.length; i++) {
                inputs[i] = (float) random.nextGaussian();
            }
            probabilityRuns[run] = new FakeRun(batch).absent().floats(scores).inNativeMemory();
            logitRuns[run] = new FakeRun(batch).absent().floats(raw).inNativeMemory();
            valueRuns[run] = new FakeRun(batch).floats(inputs).absent().inNativeMemory();
        }
        probabilities.ran(0, probabilityRuns[0]);
        logits.ran(0, logitRuns[0]);
        values.ran(0, valueRuns[0]);
        double[] edges = new double[21];
        for (int i = 0; i < edges.length; i++) {
            edges[i] = (i - 10) / 4.0;
        }
        Map<String, Edges> known = new HashMap<>();
        for (int i = 0; i < VALUES; i++) {
            known.put("x[" + i + "]", Edges.of(edges));
        }
        know(values, new Known(known, Map.of(), Map.of()));
        learn(probabilities, probabilityRuns);
        learn(logits, logitRuns);
    }

    /// Bins as a server has them: of what is seen.
    private static void learn(VersionRecording recording, FakeRun[] runs) {
        for (FakeRun run : runs) {
            recording.ran(0, run);
            recording.learn();
        }
        know(recording, recording.learnt(20, 64));
    }

    private static void know(VersionRecording recording, Known known) {
        if (!recording.know(known)) {
            throw new IllegalStateException("no room");
        }
    }

    @Benchmark
    public VersionRecording rowOfProbabilities() {
        return all(probabilities, probabilityRuns);
    }

    @Benchmark
    public VersionRecording rowOfLogits() {
        return all(logits, logitRuns);
    }

    /// Each has 64 values.
    @Benchmark
    public VersionRecording rowOf64Values() {
        return all(values, valueRuns);
    }

    private static VersionRecording all(VersionRecording recording, FakeRun[] runs) {
        for (FakeRun run : runs) {
            recording.ran(0, run);
        }
        return recording;
    }
}
