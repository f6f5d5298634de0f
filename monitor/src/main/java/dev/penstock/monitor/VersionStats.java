package dev.penstock.monitor;

import dev.penstock.core.EnumCounters;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.LatencyHistogram;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.core.PerThread;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// What was counted of one model version since it was opened. Any thread may count and read.
public final class VersionStats {
    private final PerThread<AnsweredCounts> answered = new PerThread<>(AnsweredCounts::new);
    private final EnumCounters<ErrorCode> failures = new EnumCounters<>(ErrorCode.class);
    private final TracedRequests tracedTotal = new TracedRequests();
    private final TracedRequests tracedQueue = new TracedRequests();
    private final TracedRequests tracedRun = new TracedRequests();

    private volatile long loadNanos;

    /// @param nanos of its last load
    void loaded(long nanos) {
        loadNanos = nanos;
    }

    void finished(@Nullable ErrorCode failure, int rowCount, long queueNanos, long runNanos) {
        if (failure == null) {
            answered.mine().ran(rowCount, queueNanos, runNanos);
        } else {
            failures.increment(failure);
        }
    }

    void cached(int rowCount, long nanos) {
        answered.mine().cached(rowCount, nanos);
    }

    void traced(long queueNanos, long runNanos, String traceId, long unixMillis) {
        tracedTotal.note(new TracedRequest(queueNanos + runNanos, traceId, unixMillis));
        tracedQueue.note(new TracedRequest(queueNanos, traceId, unixMillis));
        tracedRun.note(new TracedRequest(runNanos, traceId, unixMillis));
    }

    /// How long its last load took; 0 if it was never in memory.
    public long loadNanos() {
        return loadNanos;
    }

    /// Requests that were answered.
    public long successes() {
        return total().count();
    }

    /// Rows of the successful requests.
    public long rows() {
        return sum(AnsweredCounts::rows) + cachedRows();
    }

    /// Those of them that had no run of their own.
    public long cachedRows() {
        return sum(AnsweredCounts::cachedRows);
    }

    public long failures(ErrorCode code) {
        return failures.count(code);
    }

    /// From arrival to the outcome, of successful requests.
    public LatencySnapshot total() {
        return sumOf(AnsweredCounts::total);
    }

    /// From arrival to the start of the run, of successful requests that had one.
    public LatencySnapshot queue() {
        return sumOf(AnsweredCounts::queue);
    }

    /// Of the runs of successful requests.
    public LatencySnapshot run() {
        return sumOf(AnsweredCounts::run);
    }

    /// Traced requests among those of [#total].
    public TracedRequests tracedTotal() {
        return tracedTotal;
    }

    /// The same of [#queue].
    public TracedRequests tracedQueue() {
        return tracedQueue;
    }

    /// The same of [#run].
    public TracedRequests tracedRun() {
        return tracedRun;
    }

    private LatencySnapshot sumOf(Function<AnsweredCounts, LatencyHistogram> histogram) {
        return LatencyHistogram.sum(answered.all().stream().map(histogram).toList());
    }

    private long sum(ToLongFunction<AnsweredCounts> counter) {
        return answered.all().stream().mapToLong(counter).sum();
    }
}
