package dev.penstock.core.batching;

import dev.penstock.core.NanoClock;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What a request of one row costs a lane, from the offer to the outcome, with a model that takes no time: admission,
/// the estimate of the wait where there is a deadline, claim, publish, seal and the share of a batch of 32. Refusals:
/// the same for a request that is told no.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "-Xmx512m")
@OperationsPerInvocation(LaneOfferBenchmark.REQUESTS)
public class LaneOfferBenchmark {
    static final int REQUESTS = 32;
    private static final long NOW_NANOS = 0;

    private final Thread self = Thread.currentThread();
    private final Workers workers = new Workers(1, NanoClock.SYSTEM);
    private final Lane lane = new Lane(
            new BenchmarkModel(REQUESTS, 16),
            LaneSettings.of(REQUESTS, 4 * REQUESTS),
            true,
            workers,
            LaneShared.alone());
    private final Lane full =
            new Lane(new BenchmarkModel(1, 16), LaneSettings.of(1, 1), true, workers, LaneShared.alone());
    private final RowsCall patient = new BenchmarkCall(1);
    private final RowsCall urgent = new BenchmarkCall(1).until(TimeUnit.DAYS.toNanos(1));
    private final RowsCall late = new BenchmarkCall(1).until(NOW_NANOS);
    private final Offer filled = full.offer(patient, 0, NOW_NANOS);

    @Setup
    public void fill() {
        // The lane that is full stays so: its worker never comes.
        Work waiting = workers.poll(self);
        if (filled != Offer.TAKEN || waiting == null) {
            throw new IllegalStateException("first offer: %s (expected: TAKEN)".formatted(filled));
        }
    }

    private int offerAll(RowsCall call) {
        int taken = 0;
        for (int i = 0; i < REQUESTS; i++) {
            taken += lane.offer(call, 0, NOW_NANOS) == Offer.TAKEN ? 1 : 0;
        }
        Work work = workers.poll(self);
        if (work == null) {
            throw new IllegalStateException("nobody wants a worker (expected: the lane)");
        }
        work.work(0);
        return taken;
    }

    @Benchmark
    public int withoutDeadline() {
        return offerAll(patient);
    }

    @Benchmark
    public int withDeadline() {
        return offerAll(urgent);
    }

    @Benchmark
    public int refusedAsLate() {
        return refuse(lane, late);
    }

    @Benchmark
    public int refusedAsFull() {
        return refuse(full, patient);
    }

    private static int refuse(Lane by, RowsCall call) {
        int refused = 0;
        for (int i = 0; i < REQUESTS; i++) {
            refused += by.offer(call, 0, NOW_NANOS) == Offer.TAKEN ? 0 : 1;
        }
        return refused;
    }
}
