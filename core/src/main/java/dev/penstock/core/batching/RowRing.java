package dev.penstock.core.batching;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.QueuePolicy;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The waiting rows of one lane and priority: who may put some, and how they are put.
///
/// Any thread offers: it claims as many sequences as the request has rows, only when the request is complete,
/// fills them and publishes them, so that a slow sender never blocks the ring. One worker at a time consumes;
/// which one, the lane decides. The ticker may take late requests out of the middle; they leave holes that
/// the consumer steps over.
///
/// The last eighth of the room is for callers who do not have most of the queue already.
final class RowRing implements AutoCloseable {
    private static final int RESERVED_SHARE = 8;
    private static final int SAMPLES = 8;

    private final SlotRing slots;

    /// Null where rows are so large that the call keeps them until the run.
    private final @Nullable RowSlab slab;

    private final RingConsumer consumer;
    private final QueuePolicy policy;

    /// Rows that may wait, unless it is one request.
    private final int most;

    /// @param capacity how many places there are, a power of two
    RowRing(RowLayout layout, int capacity, QueuePolicy policy, boolean copiesOnOffer) {
        this.policy = policy;
        most = policy.maxRows() == 0 ? capacity : Math.min(policy.maxRows(), capacity);
        slots = new SlotRing(capacity);
        slab = copiesOnOffer ? new RowSlab(layout, capacity) : null;
        consumer = new RingConsumer(slots, slab, layout, policy.delaysLate());
    }

    /// Whether a request of so many rows may be put now, by who its caller is and what waits. A moment's view.
    boolean admits(int caller, int rows) {
        int queued = queuedRows();
        if (queued == 0) {
            return rows <= slots.capacity();
        }
        return queued + rows <= most && (queued + rows <= most - most / RESERVED_SHARE || !hasMost(caller));
    }

    /// Whether more than half of what waits is that caller's, as far as one sees by a few samples.
    private boolean hasMost(int caller) {
        CallerQueues known = consumer.queues();
        if (known != null && known.rows() > 0) {
            return 2 * known.rowsOf(caller) > known.rows();
        }
        long from = slots.firstWaiting();
        long waiting = slots.claimedRows();
        int own = 0;
        for (int i = 0; i < SAMPLES; i++) {
            own += slots.slot(from + i * waiting / SAMPLES).caller == caller ? 1 : 0;
        }
        return 2 * own > SAMPLES;
    }

    /// @return whether there was room
    boolean tryPut(RowsCall call, int rows, long arrivedNanos, long deadlineNanos) {
        long first = slots.tryClaim(rows);
        if (first < 0) {
            return false;
        }
        boolean filled = false;
        try {
            fill(first, call, rows, arrivedNanos, deadlineNanos);
            filled = true;
        } finally {
            if (!filled) {
                fillWithNobody(first, rows, arrivedNanos);
            }
            slots.publish(first, rows);
        }
        return true;
    }

    /// Puts all pieces or none: once a worker may have seen one, the request cannot be refused any more.
    ///
    /// @param rows of all pieces together
    /// @return whether there was room
    boolean tryPut(SplitRequest split, int rows, long arrivedNanos, long deadlineNanos) {
        long first = slots.tryClaim(rows);
        if (first < 0) {
            return false;
        }
        int filled = 0;
        try {
            for (int i = 0; i < split.pieces(); i++) {
                RowsCall piece = split.piece(i);
                fill(first + filled, piece, piece.rows(), arrivedNanos, deadlineNanos);
                filled += piece.rows();
            }
        } finally {
            if (filled < rows) {
                split.giveUp();
                fillWithNobody(first + filled, rows - filled, arrivedNanos);
            }
            slots.publish(first, rows);
        }
        return true;
    }

    private void fill(long first, RowsCall call, int rows, long arrivedNanos, long deadlineNanos) {
        if (slab != null) {
            slab.put(first, call, rows);
        }
        int caller = call.caller();
        // All of them, for who looks at samples.
        for (long other = first + 1; other < first + rows; other++) {
            slots.slot(other).caller = caller;
        }
        long lateNanos = policy.lateNanos(call.timeoutNanos(), arrivedNanos);
        slots.slot(first).fill(first, call, caller, rows, arrivedNanos, deadlineNanos, lateNanos);
    }

    /// A claimed sequence must be published whatever happens, or nothing behind it would ever run.
    private void fillWithNobody(long first, int rows, long arrivedNanos) {
        Slot slot = slots.slot(first);
        slot.fill(first, Nobody.INSTANCE, 0, rows, arrivedNanos, arrivedNanos, Lane.NO_DEADLINE);
        slot.tryTake(first);
    }

    /// Rows that are claimed and not yet taken into a batch. Never 0 while there are any, else a moment's view.
    int queuedRows() {
        // The ring first: what leaves it was put into the queues before, and so is counted twice rather than
        // not.
        int inRing = slots.claimedRows();
        CallerQueues known = consumer.queues();
        return inRing + (known == null ? 0 : known.rows());
    }

    /// Whether a consumer would find something now: not behind a producer that has claimed and not yet
    /// published. Exact for the consumer; for others, "no" means that nothing was there, or that another
    /// consumer came.
    boolean hasWaiting() {
        CallerQueues known = consumer.queues();
        if (known != null && known.rows() > 0) {
            return true;
        }
        long first = slots.firstWaiting();
        // The rows of a request are published one after another.
        return slots.isPublished(first) && slots.isPublished(first + slots.slot(first).rows - 1);
    }

    /// Whether one caller asked for most of what came lately, beside others. Consumer only.
    boolean isCrowded(long nowNanos) {
        return consumer.isCrowded(nowNanos);
    }

    /// When the first waiting request came, or `otherwise` if none waits. Consumer only.
    long oldestArrival(long otherwise) {
        return consumer.oldestArrival(otherwise);
    }

    /// The same for any thread, if that is earlier than `otherwise`. A moment's view, at leisure.
    long oldestWaiting(long otherwise) {
        long oldest = otherwise;
        long first = slots.firstWaiting();
        // Arrivals are in order but for who claims beside whom; what was taken out of the middle left a hole.
        for (long next = first; next < first + slots.claimedRows() && oldest == otherwise; next++) {
            oldest = slots.slot(next).waitingSince(oldest);
        }
        CallerQueues known = consumer.queues();
        return known == null ? oldest : known.oldestWaiting(oldest);
    }

    /// Moves requests into `batch` until it holds `limit` rows, or one request if that has more, or none is
    /// left. Consumer only.
    ///
    /// @return whether a request was left because it did not fit
    boolean seal(Batch batch, int limit, long nowNanos) {
        return consumer.seal(batch, limit, nowNanos);
    }

    /// Takes requests out that will not run, whoever's they are, until they have `limit` rows or none is left.
    /// Consumer only.
    ///
    /// @return their rows
    int discard(int limit, Consumer<RowsCall> out) {
        return consumer.discard(limit, out);
    }

    /// Takes out every waiting request that is late or abandoned and gives it to `late`. Ticker only.
    void sweep(long nowNanos, LateRequests late) {
        long sequence = slots.firstWaiting();
        long highest = slots.highestPublished(sequence);
        while (sequence <= highest) {
            Slot slot = slots.slot(sequence);
            int rows = slot.rows;
            if (rows < 1 || sequence + rows - 1 > highest) {
                break;
            }
            slot.sweep(sequence, nowNanos, late);
            sequence += rows;
        }
        CallerQueues known = consumer.queues();
        if (known != null) {
            known.sweep(nowNanos, late);
        }
    }

    @Override
    public void close() {
        if (slab != null) {
            slab.close();
        }
        CallerQueues known = consumer.queues();
        if (known != null) {
            known.close();
        }
    }

    /// Who gets what the sweep takes out.
    interface LateRequests {
        void accept(RowsCall call, ErrorCode why);
    }
}
