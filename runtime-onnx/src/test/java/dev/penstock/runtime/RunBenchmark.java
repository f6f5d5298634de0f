package dev.penstock.runtime;

import dev.penstock.core.DataType;
import dev.penstock.core.Device;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ModelLoader.Order;
import dev.penstock.core.Runner;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import dev.penstock.core.batching.BatchRunner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// One run of a tiny model (4 floats in, 3 out): in pinned memory, and with new tensors for every run.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "-Xmx512m")
public class RunBenchmark {
    private static final int MAX_ROWS = 128;

    @Param({"1", "8", "32", "128"})
    public int rows;

    private final Path folder;
    private final LoadedModel model;
    private final BatchRunner pinned;
    private final Runner naive;
    private List<Tensor> inputs = List.of();

    public RunBenchmark() {
        try {
            folder = Files.createTempDirectory("run-benchmark");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Path file = OnnxModels.write(folder, "tiny", 1, OnnxModels.tiny());
        model = new OnnxLoader(new NativeHandles()).load(new Order(new ModelKey("tiny", 1), file, Device.CPU, 1));
        pinned = Rows.batchable(model, MAX_ROWS, Shape.of(4)).batchRunner(0);
        naive = model.runner(0);
    }

    @Setup(Level.Trial)
    public void fill() {
        ByteBuffer data = ByteBuffer.allocateDirect(rows * 16).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < rows; i++) {
            float[] row = {i, 2, 3, 4};
            Rows.put(pinned, 0, i, row);
            data.asFloatBuffer().put(4 * i, row);
        }
        inputs = List.of(new Tensor("x", DataType.FP32, Shape.of(rows, 4), data));
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        model.close();
        Files.delete(folder.resolve("tiny/1/model.onnx"));
    }

    @Benchmark
    public long pinned() {
        var outputs = pinned.run(rows, 1);
        long address = outputs.address(0);
        outputs.release();
        return address;
    }

    @Benchmark
    public List<Tensor> naive() {
        return naive.run(inputs, List.of());
    }
}
