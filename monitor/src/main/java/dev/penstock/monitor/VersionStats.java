package dev.penstock.monitor;

import dev.penstock.core.EnumCounters;
import dev.penstock.core.ErrorCode;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// What was counted of one model version since it was loaded. Any thread may count and read.
public final class VersionStats {
    private final LongAdder successes = new LongAdder();
    private final LongAdder rows = new LongAdder();
    private final EnumCounters<ErrorCode> failures = new EnumCounters<>(ErrorCode.class);
    private final LatencyHistogram total = new LatencyHistogram();
    private final LatencyHistogram queue = new LatencyHistogram();
    private final LatencyHistogram run = new LatencyHistogram();

    void finished(@Nullable ErrorCode failure, int rowCount, long queueNanos, long runNanos) {
        if (failure != null) {
            failures.increment(failure);
            return;
        }
        successes.increment();
        rows.add(rowCount);
        queue.record(queueNanos);
        run.record(runNanos);
        total.record(queueNanos + runNanos);
    }

    /// It neither queued nor ran.
    void cached(int rowCount, long nanos) {
        successes.increment();
        rows.add(rowCount);
        total.record(nanos);
    }

    public long successes() {
        return successes.sum();
    }

    /// Rows of the successful requests.
    public long rows() {
        return rows.sum();
    }

    public long failures(ErrorCode code) {
        return failures.count(code);
    }

    /// From arrival to the outcome, of successful requests.
    public LatencyHistogram total() {
        return total;
    }

    /// From arrival to the start of the run, of successful requests that had one.
    public LatencyHistogram queue() {
        return queue;
    }

    /// Of the runs of successful requests.
    public LatencyHistogram run() {
        return run;
    }
}
