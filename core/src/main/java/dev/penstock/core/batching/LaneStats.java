package dev.penstock.core.batching;

import dev.penstock.core.EnumCounters;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.LatencyHistogram;
import dev.penstock.core.LatencySnapshot;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/// What the lanes of one version did since it was loaded, or a lane of its own since it was made. Any thread
/// reads;
/// workers write once per batch.
public final class LaneStats {
    /// How many sizes of runs are told apart by a bound, which is a power of two.
    public static final int SIZE_BOUNDS = 11;

    private final EnumCounters<CloseReason> closed = new EnumCounters<>(CloseReason.class);
    private final LongAdder rows = new LongAdder();
    private final LongAdder runsAlone = new LongAdder();
    private final LongAdder inputNanos = new LongAdder();
    private final LatencyHistogram waits = new LatencyHistogram();
    private final LongAdder reruns = new LongAdder();
    private final LongAdder expired = new LongAdder();
    private final LongAdder abandoned = new LongAdder();
    private final EnumCounters<Offer> refused = new EnumCounters<>(Offer.class);
    private final LongAdder[] sizes = new LongAdder[SIZE_BOUNDS + 1];

    LaneStats() {
        Arrays.setAll(sizes, i -> new LongAdder());
    }

    /// The most rows of a run that is counted in place `index` of the sizes.
    public static int sizeBound(int index) {
        return 1 << index;
    }

    /// Runs in that place of the sizes, up to [#SIZE_BOUNDS], which has all larger ones.
    public long sized(int index) {
        return sizes[index].sum();
    }

    void ran(CloseReason reason, int rowCount) {
        closed.increment(reason);
        sizes[Math.min(SIZE_BOUNDS, Integer.SIZE - Integer.numberOfLeadingZeros(rowCount - 1))].increment();
        rows.add(rowCount);
    }

    /// A batch began to run.
    ///
    /// @param sinceNanos when a thread was there for the first of its requests
    /// @param sealedNanos when it was taken out of the queue
    void began(int requests, long sinceNanos, long sealedNanos, long startedNanos) {
        waits.record(startedNanos - sinceNanos);
        inputNanos.add(requests * (startedNanos - sealedNanos));
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
        return closed.count(reason);
    }

    public long runs() {
        long runs = 0;
        for (LongAdder size : sizes) {
            runs += size.sum();
        }
        return runs;
    }

    /// Rows that ran in batches.
    public long rows() {
        return rows.sum();
    }

    /// Runs of requests that are not batched.
    public long runsAlone() {
        return runsAlone.sum();
    }

    /// How long batches waited from when a thread was there for the first of their requests to their run: for
    /// more
    /// rows, where the model asks for that, and until the rows lay together.
    public LatencySnapshot waits() {
        return waits.snapshot();
    }

    /// What passed, for all requests of batches together, from when each was taken out of the queue to its run.
    public long inputNanos() {
        return inputNanos.sum();
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
