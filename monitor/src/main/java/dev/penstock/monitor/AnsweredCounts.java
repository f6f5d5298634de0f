package dev.penstock.monitor;

import dev.penstock.core.LatencyHistogram;
import dev.penstock.core.ThreadCounts;
import java.util.concurrent.atomic.AtomicLong;

/// What one thread counted of answered requests, or all that have no counts of their own.
final class AnsweredCounts extends ThreadCounts {
    private final LatencyHistogram total = new LatencyHistogram();
    private final LatencyHistogram queue = new LatencyHistogram();
    private final LatencyHistogram run = new LatencyHistogram();
    private final AtomicLong rows = new AtomicLong();
    private final AtomicLong cachedRows = new AtomicLong();

    AnsweredCounts(long owner) {
        super(owner);
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
