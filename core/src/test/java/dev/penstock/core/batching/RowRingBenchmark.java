package dev.penstock.core.batching;

import dev.penstock.core.QueuePolicy;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What it costs a row to wait: claim, publish and seal of single rows, a batch of them at a time, on one thread. With
/// rows of 16 bytes the copies into the ring and out of it are part of it; without, the calls keep them.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "-Xmx512m")
@OperationsPerInvocation(RowRingBenchmark.ROWS)
public class RowRingBenchmark {
    static final int ROWS = 32;
    private static final RowLayout LAYOUT = RowLayout.of(new long[] {16}, new long[] {12});

    @Param({"false", "true"})
    public boolean copies;

    private final RowsCall call = new BenchmarkCall(1);
    private final Batch batch = new Batch(new BenchmarkRunner(ROWS, 16), LAYOUT, new LaneStats());
    private RowRing ring = new RowRing(LAYOUT, 1, QueuePolicy.STANDARD, false);

    @Setup
    public void open() {
        ring = new RowRing(LAYOUT, 4 * ROWS, QueuePolicy.STANDARD, copies);
    }

    @TearDown
    public void close() {
        ring.close();
    }

    @Benchmark
    public int putAndSeal() {
        for (int i = 0; i < ROWS; i++) {
            if (!ring.tryPut(call, 1, i, Lane.NO_DEADLINE)) {
                throw new IllegalStateException("the ring is full (expected: empty at first)");
            }
        }
        ring.seal(batch, ROWS, 0);
        int rows = batch.rows();
        batch.clear();
        return rows;
    }
}
