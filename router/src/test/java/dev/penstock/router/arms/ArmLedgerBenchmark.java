package dev.penstock.router.arms;

import dev.penstock.core.ModelKey;
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

/// What it takes to count a request that its arm answered: with a unit, each of which was seen before, and
/// without one.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "-Xmx512m")
@OperationsPerInvocation(ArmLedgerBenchmark.CALLS)
public class ArmLedgerBenchmark {
    static final int CALLS = 1_024;

    private static final int SEED = 1;

    /// From one to four times as long.
    private static final long LEAST_NANOS = 100_000;

    private static final long MOST_NANOS = 400_000;

    @Param({"HASH", "RANDOM"})
    AssignmentReason reason = AssignmentReason.HASH;

    private final int[] buckets = new int[CALLS];
    private final long[] hashes = new long[CALLS];
    private final long[] nanos = new long[CALLS];
    private final ArmObserver arm = new ArmLedgers(TripListener.NONE, 0)
            .of(new ArmKey("front", "front/v1", "", 1, "canary", new ModelKey("digits", 2)), true);

    @Setup
    public void draw() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < CALLS; i++) {
            buckets[i] = random.nextInt(ArmLedger.BUCKETS);
            hashes[i] = random.nextLong();
            nanos[i] = random.nextLong(LEAST_NANOS, MOST_NANOS);
        }
    }

    @Benchmark
    public void answered() {
        for (int i = 0; i < CALLS; i++) {
            arm.ended(reason, buckets[i], hashes[i], null, nanos[i]);
        }
    }

    @Benchmark
    public void answeredByARun() {
        for (int i = 0; i < CALLS; i++) {
            arm.ended(reason, buckets[i], hashes[i], null, nanos[i]);
            arm.ran(reason, 0, nanos[i] / 4, nanos[i] / 2, nanos[i]);
        }
    }
}
