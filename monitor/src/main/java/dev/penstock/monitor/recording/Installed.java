package dev.penstock.monitor.recording;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.NanoClock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A plan that is counted by, and the recorders of the threads that have run since it was set. Thread-safe.
final class Installed {
    /// More than the stamps of recorders come to.
    private static final long STAMPS = 1L << 48;

    private final MonitorPlan plan;
    private final long firstStamp;
    private final List<Integer> unknown;
    private final boolean whole;
    private final NanoClock clock;

    /// Each entry is its writer's to make.
    private final AtomicReferenceArray<@Nullable Recorder> recorders;

    private final ReentrantLock reading = new ReentrantLock();

    @GuardedBy("reading")
    private final Learner learner;

    @GuardedBy("reading")
    private final UnseenCounts unseen;

    @GuardedBy("reading")
    private final @Nullable Cumulative[] last;

    /// By writer: rows of runs that were timed when the price was last asked for.
    @GuardedBy("reading")
    private final long[] pricedRows;

    @GuardedBy("reading")
    private double nanosPerRow;

    /// @param number of plans that were installed before it
    /// @param unknown tensors that are not planned for because nothing was seen of them yet
    Installed(MonitorPlan plan, long number, List<Integer> unknown, int writers, NanoClock clock) {
        this.plan = plan;
        this.firstStamp = (number + 1) * STAMPS;
        this.unknown = unknown;
        this.whole = unknown.isEmpty();
        this.clock = clock;
        this.recorders = new AtomicReferenceArray<>(writers);
        this.learner = new Learner(plan);
        this.unseen = new UnseenCounts(plan);
        this.last = new @Nullable Cumulative[writers];
        this.pricedRows = new long[writers];
    }

    MonitorPlan plan() {
        return plan;
    }

    List<Integer> unknown() {
        return unknown;
    }

    /// Whether all tensors that may be monitored are planned for.
    boolean isWhole() {
        return whole;
    }

    /// On the writer's thread.
    Recorder recorder(int writer) {
        Recorder known = recorders.getPlain(writer);
        if (known != null) {
            return known;
        }
        Recorder made = new Recorder(plan, clock);
        recorders.setRelease(writer, made);
        return made;
    }

    /// Another one after something was recorded; none that one of another number has.
    long stamp() {
        long stamp = firstStamp;
        for (int i = 0; i < recorders.length(); i++) {
            Recorder recorder = recorders.getAcquire(i);
            stamp += recorder == null ? 0 : recorder.stamp();
        }
        return stamp;
    }

    Cumulative snapshot() {
        reading.lock();
        try {
            Cumulative total = Cumulative.zero(plan);
            for (int i = 0; i < last.length; i++) {
                Recorder recorder = recorders.getAcquire(i);
                Cumulative taken = recorder == null ? null : recorder.snapshot();
                if (taken != null) {
                    last[i] = taken;
                }
                // A writer that never rests is shown as it was when it last did.
                Cumulative latest = last[i];
                total = latest == null ? total : total.plus(latest);
            }
            return total;
        } finally {
            reading.unlock();
        }
    }

    /// Takes in what recorders kept to learn from.
    ///
    /// @return as [Learner#fewest]
    long learn() {
        reading.lock();
        try {
            for (int i = 0; i < last.length; i++) {
                Recorder recorder = recorders.getAcquire(i);
                if (recorder != null) {
                    learner.drain(recorder);
                    unseen.drain(recorder);
                }
            }
            return learner.fewest();
        } finally {
            reading.unlock();
        }
    }

    /// As [UnseenCounts#distinct].
    Map<String, Long> unseen() {
        reading.lock();
        try {
            return unseen.distinct();
        } finally {
            reading.unlock();
        }
    }

    Known learnt(int bins, int topK) {
        reading.lock();
        try {
            return learner.learnt(bins, topK).and(References.of(snapshot()));
        } finally {
            reading.unlock();
        }
    }

    /// By what its writers timed since this was last asked for, or else by what they had timed until then.
    double nanosPerRow() {
        reading.lock();
        try {
            double nanos = 0;
            long rows = 0;
            for (int i = 0; i < pricedRows.length; i++) {
                Recorder recorder = recorders.getAcquire(i);
                if (recorder != null) {
                    long priced = recorder.price().rows();
                    long fresh = priced - pricedRows[i];
                    pricedRows[i] = priced;
                    nanos += (double) fresh * recorder.price().nanos();
                    rows += fresh;
                }
            }
            nanosPerRow = rows == 0 ? nanosPerRow : nanos / (double) rows;
            return nanosPerRow;
        } finally {
            reading.unlock();
        }
    }
}
