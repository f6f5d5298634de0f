package dev.penstock.core.batching;

import dev.penstock.core.EnumCounters;
import java.util.concurrent.atomic.LongAdder;

/// What a lane did since it was made. Any thread reads; workers write once per batch.
public final class LaneStats {
    private final EnumCounters<CloseReason> closed = new EnumCounters<>(CloseReason.class);
    private final LongAdder runs = new LongAdder();
    private final LongAdder rows = new LongAdder();
    private final LongAdder reruns = new LongAdder();
    private final LongAdder expired = new LongAdder();
    private final LongAdder abandoned = new LongAdder();
    private final LongAdder refused = new LongAdder();

    void ran(CloseReason reason, int rowCount) {
        closed.increment(reason);
        runs.increment();
        rows.add(rowCount);
    }

    void reran() {
        reruns.increment();
    }

    void expired() {
        expired.increment();
    }

    void abandoned() {
        abandoned.increment();
    }

    void refused() {
        refused.increment();
    }

    /// Batches that went for that reason.
    public long closed(CloseReason reason) {
        return closed.count(reason);
    }

    public long runs() {
        return runs.sum();
    }

    /// Rows that ran in batches.
    public long rows() {
        return rows.sum();
    }

    /// Requests that ran again alone because their batch failed.
    public long reruns() {
        return reruns.sum();
    }

    /// Requests whose deadline passed while they waited; none of them ran.
    public long expiredRequests() {
        return expired.sum();
    }

    /// Requests whose caller went away while they waited; none of them ran.
    public long abandonedRequests() {
        return abandoned.sum();
    }

    public long refusedRequests() {
        return refused.sum();
    }
}
