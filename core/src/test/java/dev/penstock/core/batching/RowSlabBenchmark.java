package dev.penstock.core.batching;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Copies of whole batches: rows that follow one another go in one piece. Nanoseconds for all 32 rows.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "-Xmx512m")
public class RowSlabBenchmark {
    private static final int ROWS = 32;

    @Param({"16", "1024", "16384"})
    public int rowBytes;

    private RowSlab slab = new RowSlab(RowLayout.of(new long[] {1}, new long[] {1}), 1);
    private BenchmarkRunner runner = new BenchmarkRunner(1, 1);
    private BenchmarkCall call = new BenchmarkCall(1);

    @Setup
    public void open() {
        slab = new RowSlab(RowLayout.of(new long[] {rowBytes}, new long[] {1}), ROWS);
        runner = new BenchmarkRunner(ROWS, rowBytes);
        call = new BenchmarkCall(ROWS, rowBytes);
    }

    @TearDown
    public void close() {
        slab.close();
    }

    @Benchmark
    public void put() {
        slab.put(0, call, ROWS);
    }

    @Benchmark
    public void gather() {
        slab.gather(0, ROWS, runner, 0);
    }
}
