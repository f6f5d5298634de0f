package dev.penstock.monitor;

import dev.penstock.core.EnumCounters;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.LatencyHistogram;
import dev.penstock.core.LatencySnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// What was counted of one model version since it was opened. Any thread may count and read.
///
/// Threads that answer requests are few and last, so each has counts of its own, which are added when somebody
/// reads:
/// the first platform thread to come to a place has it for ever, and all others share one.
public final class VersionStats {
    private static final int MOST_PLACES = 64;

    /// A power of two, and more than the threads that answer requests.
    private static final int PLACES =
            Math.min(MOST_PLACES, Integer.highestOneBit(2 * Runtime.getRuntime().availableProcessors()) << 1);

    private final AtomicReferenceArray<@Nullable AnsweredCounts> places = new AtomicReferenceArray<>(PLACES);
    private final AnsweredCounts shared = new AnsweredCounts(AnsweredCounts.SHARED);
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
            mine().ran(rowCount, queueNanos, runNanos);
        } else {
            failures.increment(failure);
        }
    }

    void cached(int rowCount, long nanos) {
        mine().cached(rowCount, nanos);
    }

    void traced(long queueNanos, long runNanos, String traceId, long unixMillis) {
        tracedTotal.note(new TracedRequest(queueNanos + runNanos, traceId, unixMillis));
        tracedQueue.note(new TracedRequest(queueNanos, traceId, unixMillis));
        tracedRun.note(new TracedRequest(runNanos, traceId, unixMillis));
    }

    private AnsweredCounts mine() {
        Thread me = Thread.currentThread();
        long id = me.threadId();
        int place = (int) id & (PLACES - 1);
        AnsweredCounts there = places.getAcquire(place);
        if (there != null) {
            return there.owner() == id ? there : shared;
        }
        // Virtual threads come and go.
        return me.isVirtual() ? shared : take(place, id);
    }

    private AnsweredCounts take(int place, long id) {
        AnsweredCounts own = new AnsweredCounts(id);
        return places.compareAndSet(place, null, own) ? own : shared;
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
        return LatencyHistogram.sum(counts().stream().map(histogram).toList());
    }

    private long sum(ToLongFunction<AnsweredCounts> counter) {
        return counts().stream().mapToLong(counter).sum();
    }

    private List<AnsweredCounts> counts() {
        List<AnsweredCounts> all = new ArrayList<>();
        all.add(shared);
        for (int i = 0; i < PLACES; i++) {
            AnsweredCounts own = places.getAcquire(i);
            if (own != null) {
                all.add(own);
            }
        }
        return all;
    }
}
