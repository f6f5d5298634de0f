package dev.penstock.core.batching;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.penstock.core.QueuePolicy;

/// Which requests may wait in a lane, and how they come to wait. Any thread offers.
final class LaneIntake {
    private static final System.Logger LOG = System.getLogger(LaneIntake.class.getName());

    private final RowLayout layout;
    private final LaneSettings settings;
    private final LaneStats stats;
    private final QueueBytes bytes;
    private final PriorityRings rings;
    private final LaneLatch latch;
    private final WaitEstimate estimate;
    private final int maxRequestRows;
    private volatile boolean saidNoMemory;

    /// @param latch told of everything that is put into `rings`
    LaneIntake(
            RowLayout layout,
            LaneSettings settings,
            LaneShared shared,
            PriorityRings rings,
            LaneLatch latch,
            WaitEstimate estimate) {
        this.layout = layout;
        this.settings = settings;
        this.stats = shared.stats();
        this.bytes = shared.waiting();
        this.rings = rings;
        this.latch = latch;
        this.estimate = estimate;
        this.maxRequestRows = Math.min(settings.maxRequestRows(), rowsPutTogether());
    }

    /// The most rows of one request.
    int maxRequestRows() {
        return maxRequestRows;
    }

    /// The most rows whose answer may be put together from those of several runs.
    private int rowsPutTogether() {
        // Each output is one buffer.
        long most = Math.min(bytes.mostOfAnswers(), Integer.MAX_VALUE);
        long rowBytes = Math.max(1, layout.outputBytes());
        return (int) Math.max(settings.maxRows(), Math.min(most / rowBytes, Integer.MAX_VALUE));
    }

    /// As [Lane#offer], for who is inside a lane that is open.
    @CheckReturnValue
    Offer offer(RowsCall call, int priority, long nowNanos) {
        int rows = call.rows();
        if (rows > maxRequestRows) {
            return turnAway(Offer.TOO_MANY_ROWS);
        }
        int level = settings.levels().indexOf(priority);
        QueuePolicy policy = settings.levels().policy(level);
        long deadlineNanos = policy.deadlineNanos(call.deadlineNanos(), call.timeoutNanos(), nowNanos);
        if (deadlineNanos != Lane.NO_DEADLINE) {
            if (deadlineNanos - nowNanos <= 0) {
                return turnAway(Offer.EXPIRED);
            }
            if (estimate.isTooLate(rings.queuedRows(level), rows, deadlineNanos, call.deadlineNanos(), nowNanos)) {
                return turnAway(Offer.TOO_LATE);
            }
        }
        if (!bytes.admits(rows * layout.inputBytes())) {
            return turnAway(Offer.TOO_MANY_BYTES);
        }
        Offer answer = put(level, call, nowNanos, deadlineNanos);
        return answer == Offer.TAKEN ? answer : turnAway(answer);
    }

    private Offer turnAway(Offer why) {
        stats.turnedAway(why);
        return why;
    }

    private Offer put(int level, RowsCall call, long nowNanos, long deadlineNanos) {
        Offer answer = Offer.QUEUE_FULL;
        boolean threw = true;
        try {
            // An offer is inside: the lane is not closed before it has left.
            RowRing ring = rings.ring(level);
            if (ring.admits(call.caller(), call.rows())) {
                answer = call.rows() <= settings.maxRows()
                        ? taken(ring.tryPut(call, call.rows(), nowNanos, deadlineNanos))
                        : putPieces(ring, call, nowNanos, deadlineNanos);
            }
            threw = false;
        } catch (OutOfMemoryError e) {
            // Whatever of it has places already is nobody's.
            // Each is counted; to log each would cost most when there is least.
            if (!saidNoMemory) {
                saidNoMemory = true;
                LOG.log(System.Logger.Level.WARNING, "no memory for a request that would wait; said once", e);
            }
        } finally {
            // Also when a call threw while its rows were copied: their places are published, and must be stepped over.
            if (threw || answer == Offer.TAKEN) {
                latch.offered();
            }
        }
        return answer;
    }

    private Offer putPieces(RowRing ring, RowsCall call, long nowNanos, long deadlineNanos) {
        SplitRequest split = new SplitRequest(call, layout, settings.maxRows(), bytes);
        if (!split.tryReserve()) {
            return Offer.TOO_MANY_BYTES;
        }
        boolean put = false;
        try {
            put = ring.tryPut(split, call.rows(), nowNanos, deadlineNanos);
        } finally {
            if (!put) {
                split.giveUp();
            }
        }
        return taken(put);
    }

    private static Offer taken(boolean put) {
        return put ? Offer.TAKEN : Offer.QUEUE_FULL;
    }
}
