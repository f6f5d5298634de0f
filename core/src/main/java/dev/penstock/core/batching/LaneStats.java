package dev.penstock.core.batching;

import dev.penstock.core.EnumCounters;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.LatencyHistogram;
import dev.penstock.core.LatencySnapshot;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;

/// What the lanes of one version did since it was loaded, or a lane of its own since it was made. Any thread
/// reads; what is counted of every batch has a place of its own for each thread that runs any.
public final class LaneStats {
    /// How many sizes of runs are told apart by a bound, which is a power of two.
    public static final int SIZE_BOUNDS = 11;

    /// By the number of the thread's runner.
    private final Map<Integer, RunCounts> runs = new ConcurrentHashMap<>();

    private final LongAdder runsAlone = new LongAdder();
    private final LongAdder reruns = new LongAdder();
    private final LongAdder expired = new LongAdder();
    private final LongAdder abandoned = new LongAdder();
    private final EnumCounters<Offer> refused = new EnumCounters<>(Offer.class);

    /// The most rows of a run that is counted in place `index` of the sizes.
    public static int sizeBound(int index) {
        return 1 << index;
    }

    /// Runs in that place of the sizes, up to [#SIZE_BOUNDS], which has all larger ones.
    public long sized(int index) {
        return sum(counts -> counts.sized(index));
    }

    /// Where the thread of that runner counts its batches. It alone may write there.
    RunCounts of(int runner) {
        return runs.computeIfAbsent(runner, _ -> new RunCounts());
    }

    private long sum(ToLongFunction<RunCounts> counted) {
        return runs.values().stream().mapToLong(counted).sum();
    }

    /// A request that is not batched ran.
    void ranAlone() {
        runsAlone.increment();
    }

    void reran() {
        reruns.increment();
    }

    /// A request that will not run. Before it is told so.
    void dropped(ErrorCode why) {
        (why == ErrorCode.CANCELLED ? abandoned : expired).increment();
    }

    /// The same, of a call that may be a part of a request.
    void dropped(RowsCall call, ErrorCode why) {
        if (SplitRequest.isCounted(call)) {
            dropped(why);
        }
    }

    void turnedAway(Offer why) {
        refused.increment(why);
    }

    /// Batches that went for that reason.
    public long closed(CloseReason reason) {
        return sum(counts -> counts.closed(reason));
    }

    public long runs() {
        long all = 0;
        for (int i = 0; i <= SIZE_BOUNDS; i++) {
            all += sized(i);
        }
        return all;
    }

    /// Rows that ran in batches.
    public long rows() {
        return sum(RunCounts::rows);
    }

    /// Runs of requests that are not batched.
    public long runsAlone() {
        return runsAlone.sum();
    }

    /// How long batches waited from when a thread was there for the first of their requests to their run: for
    /// more rows, where the model asks for that, and until the rows lay together.
    public LatencySnapshot waits() {
        return LatencyHistogram.sum(runs.values().stream().map(RunCounts::waits).toList());
    }

    /// What passed, for all requests of batches together, from when each was taken out of the queue to its run.
    public long inputNanos() {
        return sum(RunCounts::inputNanos);
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

    /// Requests that were not taken for that reason.
    public long refused(Offer why) {
        return refused.count(why);
    }
}
