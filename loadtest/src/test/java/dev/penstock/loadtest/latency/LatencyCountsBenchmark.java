package dev.penstock.loadtest.latency;

import java.util.SplittableRandom;
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
import org.openjdk.jmh.annotations.Warmup;

/// What it takes to put one window of a load test by: of one loop, with its values added to those of the run.
/// `cold` is that of the first ten windows of a process, which runs no compiled code yet.
@State(Scope.Thread)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class LatencyCountsBenchmark {
    private static final long SEED = 1;

    @Param({"4500"})
    public int distinct;

    private final LatencyCounts template = new LatencyCounts();
    private final LatencyCounts loop = new LatencyCounts();
    private final LatencyCounts run = new LatencyCounts();

    @Setup
    public void draw() {
        SplittableRandom random = new SplittableRandom(SEED);
        // Around 3 ms, from tenths of one to a second.
        while (template.toLatencies().slots() < distinct) {
            for (int i = 0; i < 100; i++) {
                template.add((long) (3e6 * Math.exp(random.nextGaussian())));
            }
        }
    }

    @Setup(Level.Invocation)
    public void count() {
        loop.add(template);
    }

    private Latencies putBy() {
        run.add(loop);
        Latencies kept = loop.toLatencies();
        loop.reset();
        return kept;
    }

    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @Warmup(iterations = 3, time = 1)
    @Measurement(iterations = 5, time = 1)
    @Fork(value = 2, jvmArgsAppend = "-Xmx512m")
    public Latencies warm() {
        return putBy();
    }

    @Benchmark
    @BenchmarkMode(Mode.SingleShotTime)
    @Warmup(iterations = 0)
    @Measurement(iterations = 10)
    @Fork(value = 5, jvmArgsAppend = "-Xmx512m")
    public Latencies cold() {
        return putBy();
    }
}
