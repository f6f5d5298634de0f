package dev.penstock.monitor;

import dev.penstock.core.ModelKey;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What it costs to count one answered request.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ServingStatsBenchmark {
    private static final int TIMES = 1024;
    private static final long SEED = 7;

    private final ModelKey key = new ModelKey("digits", 3);
    private final ServingStats stats = new ServingStats();
    private final long[] queueNanos = new long[TIMES];
    private final long[] runNanos = new long[TIMES];

    public ServingStatsBenchmark() {
        stats.opened(key, 1);
        Random random = new Random(SEED);
        for (int i = 0; i < TIMES; i++) {
            queueNanos[i] = (long) Math.exp(10 + random.nextGaussian());
            runNanos[i] = (long) Math.exp(11 + 0.5 * random.nextGaussian());
        }
    }

    /// Where a thread is among the times.
    @State(Scope.Thread)
    public static class Place {
        private int next;
    }

    @Benchmark
    public void finished(Place place) {
        int i = place.next++ & (TIMES - 1);
        stats.finished(key, null, 1, queueNanos[i], runNanos[i]);
    }
}
