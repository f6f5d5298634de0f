package dev.penstock.monitor;

import dev.penstock.core.LatencyHistogram;
import java.util.concurrent.atomic.AtomicLong;

/// What was counted of answered requests: by one thread, which then needs no locked instruction, or by all that
/// have
/// none of their own. Any thread reads.
final class AnsweredCounts {
    /// Instead of the id of a thread.
    static final long SHARED = -1;

    private final long owner;
    private final LatencyHistogram total = new LatencyHistogram();
    private final LatencyHistogram queue = new LatencyHistogram();
    private final LatencyHistogram run = new LatencyHistogram();
    private final AtomicLong rows = new AtomicLong();
    private final AtomicLong cachedRows = new AtomicLong();

    /// @param owner the id of the only thread that writes, or [#SHARED]. Ids are never given twice, so a thread
    ///     that
    ///     has ended keeps its counts here and nobody writes them.
    AnsweredCounts(long owner) {
        this.owner = owner;
    }

    long owner() {
        return owner;
    }

    void ran(int rowCount, long queueNanos, long runNanos) {
        record(total, queueNanos + runNanos);
        record(queue, queueNanos);
        record(run, runNanos);
        add(rows, rowCount);
    }

    /// It neither queued nor ran.
    void cached(int rowCount, long nanos) {
        record(total, nanos);
        add(cachedRows, rowCount);
    }

    private void record(LatencyHistogram histogram, long nanos) {
        if (owner == SHARED) {
            histogram.record(nanos);
        } else {
            histogram.recordAlone(nanos);
        }
    }

    private void add(AtomicLong counter, int more) {
        if (owner == SHARED) {
            counter.addAndGet(more);
        } else {
            counter.setRelease(counter.getPlain() + more);
        }
    }

    LatencyHistogram total() {
        return total;
    }

    LatencyHistogram queue() {
        return queue;
    }

    LatencyHistogram run() {
        return run;
    }

    long rows() {
        return rows.getAcquire();
    }

    long cachedRows() {
        return cachedRows.getAcquire();
    }
}
