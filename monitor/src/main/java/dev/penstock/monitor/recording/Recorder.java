package dev.penstock.monitor.recording;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.penstock.core.NanoClock;
import dev.penstock.core.RunRows;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Counts what the runs of one thread read and computed. That thread records; another may take snapshots.
///
/// The arrays are plain: the writer marks that it is changing them by an odd sequence and that it is done by an
/// even one, and a reader whose copy lies between two equal even ones has a copy of a moment between two runs.
/// A writer never waits for a reader.
final class Recorder {
    private static final VarHandle SEQUENCE;

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

    /// Those of them that have a place within a run.
    private final TextKernel[] texts;

    private final RowPrice price = new RowPrice();

    /// Odd while the writer changes the arrays. Written through SEQUENCE.
    private long sequence;

    Recorder(MonitorPlan plan, NanoClock clock) {
        this.plan = plan;
        this.clock = clock;
        this.counters = new Counters(plan);
        List<Part> parts = plan.parts();
        kernels = new Kernel[parts.size()];
        for (int i = 0; i < kernels.length; i++) {
            kernels[i] = Kernel.of(parts.get(i), counters);
        }
        texts = Arrays.stream(kernels)
                .filter(TextKernel.class::isInstance)
                .map(TextKernel.class::cast)
                .toArray(TextKernel[]::new);
    }

    MonitorPlan plan() {
        return plan;
    }

    /// Writer only. Allocates nothing.
    ///
    /// @param shift one row in 2^shift is recorded, by chance that is the same every time
    void record(RunRows run, int shift) {
        int rows = run.rows();
        int first = shift == 0 ? 0 : next(rows, 0, shift);
        if (first == rows) {
            begin();
            counters.counts[MonitorPlan.SEEN] += rows;
            end();
        } else if (price.next()) {
            long beginNanos = clock.nanoTime();
            int recorded = count(run, rows, first, shift);
            price.took(clock.nanoTime() - beginNanos, recorded);
        } else {
            count(run, rows, first, shift);
        }
    }

    /// The first row from there on that is recorded; `rows` if there is none.
    private int next(int rows, int from, int shift) {
        long seen = counters.counts[MonitorPlan.SEEN];
        int row = from;
        while (row < rows && !Sampling.takes(seen + row, shift)) {
            row++;
        }
        return row;
    }

    private void begin() {
        SEQUENCE.setOpaque(this, sequence + 1);
        VarHandle.storeStoreFence();
    }

    private void end() {
        SEQUENCE.setRelease(this, sequence + 1);
    }

    /// @return how many rows were recorded
    @CanIgnoreReturnValue
    private int count(RunRows run, int rows, int first, int shift) {
        begin();
        try {
            for (TextKernel text : texts) {
                text.begin();
            }
            int recorded = rows;
            if (shift == 0) {
                countAll(run, rows);
            } else {
                recorded = countSome(run, rows, first, shift);
            }
            counters.counts[MonitorPlan.SEEN] += rows;
            counters.counts[MonitorPlan.RECORDED] += recorded;
            return recorded;
        } finally {
            end();
        }
    }

    private void countAll(RunRows run, int rows) {
        for (int from = 0; from < rows; from += Kernel.BLOCK) {
            int count = Math.min(Kernel.BLOCK, rows - from);
            for (Kernel kernel : kernels) {
                kernel.record(run, from, count);
            }
        }
    }

    private int countSome(RunRows run, int rows, int first, int shift) {
        int recorded = 0;
        for (int row = first; row < rows; row = next(rows, row + 1, shift)) {
            for (Kernel kernel : kernels) {
                kernel.record(run, row, 1);
            }
            recorded++;
        }
        return recorded;
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

    /// Another one after each run that was recorded, and larger.
    long stamp() {
        return (long) SEQUENCE.getAcquire(this);
    }

    /// What of that feature is not known, if something is. For one reader.
    @Nullable
    LearningRing unseen(int feature) {
        return counters.unseen(feature);
    }

    /// What that feature's values are learnt from, if they are. For one reader.
    @Nullable
    LearningRing ring(int feature) {
        return counters.ring(feature);
    }

    /// What recording a row takes.
    RowPrice price() {
        return price;
    }
}
