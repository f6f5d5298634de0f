package dev.penstock.monitor.recording;

import dev.penstock.core.NanoClock;
import dev.penstock.core.RunRows;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Counts what the runs of one thread read and computed. That thread records; another may take snapshots.
///
/// The arrays are plain: the writer marks that it is changing them by an odd sequence and that it is done by an
/// even one, and a reader whose copy lies between two equal even ones has a copy of a moment between two runs.
/// A writer never waits for a reader.
final class Recorder {
    private static final VarHandle SEQUENCE;

    /// A run in so many is timed; a power of two.
    private static final int TIMED_EVERY = 32;

    /// How often a reader tries: a run is recorded within a few microseconds, and most of the time none is.
    private static final int TRIES = 10_000;

    static {
        try {
            SEQUENCE = MethodHandles.lookup().findVarHandle(Recorder.class, "sequence", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final MonitorPlan plan;
    private final NanoClock clock;
    private final Counters counters;
    private final Kernel[] kernels;

    /// Odd while the writer changes the arrays. Written through SEQUENCE.
    private long sequence;

    // Writer only.
    private long runs;

    // Written by the writer alone.
    private volatile long timedNanos;
    private volatile long timedRows;

    Recorder(MonitorPlan plan, NanoClock clock) {
        this.plan = plan;
        this.clock = clock;
        this.counters = new Counters(plan);
        List<Part> parts = plan.parts();
        kernels = new Kernel[parts.size()];
        for (int i = 0; i < kernels.length; i++) {
            kernels[i] = Kernel.of(parts.get(i), counters);
        }
    }

    MonitorPlan plan() {
        return plan;
    }

    /// Writer only. Allocates nothing.
    ///
    /// @param shift one row in 2^shift is recorded, by chance that is the same every time
    void record(RunRows run, int shift) {
        if ((runs++ & (TIMED_EVERY - 1)) == 0) {
            long before = counters.counts[MonitorPlan.RECORDED];
            long beginNanos = clock.nanoTime();
            count(run, shift);
            long nanos = timedNanos + (clock.nanoTime() - beginNanos);
            long rows = timedRows + (counters.counts[MonitorPlan.RECORDED] - before);
            timedNanos = nanos;
            timedRows = rows;
        } else {
            count(run, shift);
        }
    }

    private void count(RunRows run, int shift) {
        long before = sequence;
        SEQUENCE.setOpaque(this, before + 1);
        VarHandle.storeStoreFence();
        try {
            for (Kernel kernel : kernels) {
                kernel.begin();
            }
            if (shift == 0) {
                countAll(run);
            } else {
                countSome(run, shift);
            }
        } finally {
            SEQUENCE.setRelease(this, before + 2);
        }
    }

    private void countAll(RunRows run) {
        int rows = run.rows();
        for (int from = 0; from < rows; from += Kernel.BLOCK) {
            int count = Math.min(Kernel.BLOCK, rows - from);
            for (Kernel kernel : kernels) {
                kernel.record(run, from, count);
            }
        }
        counters.counts[MonitorPlan.SEEN] += rows;
        counters.counts[MonitorPlan.RECORDED] += rows;
    }

    private void countSome(RunRows run, int shift) {
        int rows = run.rows();
        long seen = counters.counts[MonitorPlan.SEEN];
        int recorded = 0;
        for (int row = 0; row < rows; row++) {
            if (Sampling.takes(seen + row, shift)) {
                for (Kernel kernel : kernels) {
                    kernel.record(run, row, 1);
                }
                recorded++;
            }
        }
        counters.counts[MonitorPlan.SEEN] = seen + rows;
        counters.counts[MonitorPlan.RECORDED] += recorded;
    }

    /// What was counted up to some moment between two runs, not before this was called.
    ///
    /// @return null if the writer was changing it all the time
    @Nullable
    Cumulative snapshot() {
        long[] counts = new long[plan.slots()];
        double[] sums = new double[plan.sums()];
        for (int i = 0; i < TRIES; i++) {
            long before = (long) SEQUENCE.getAcquire(this);
            if ((before & 1) == 0) {
                System.arraycopy(counters.counts, 0, counts, 0, counts.length);
                System.arraycopy(counters.sums, 0, sums, 0, sums.length);
                VarHandle.loadLoadFence();
                if (before == (long) SEQUENCE.getOpaque(this)) {
                    return Cumulative.owning(plan, counts, sums);
                }
            }
            Thread.onSpinWait();
        }
        return null;
    }

    /// What that feature's values are learnt from, if they are. For one reader.
    @Nullable
    LearningRing ring(int feature) {
        return counters.ring(feature);
    }

    /// How long timed runs took to record, together.
    long timedNanos() {
        return timedNanos;
    }

    /// How many rows of those were recorded.
    long timedRows() {
        return timedRows;
    }
}
