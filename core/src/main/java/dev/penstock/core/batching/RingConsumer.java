package dev.penstock.core.batching;

import dev.penstock.core.ErrorCode;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Takes the rows of a ring out: first come first served, and callers in turn where they compete.
///
/// When more waits than one run takes and it is not all one caller's, or a late request stands back for others, what
/// waits is moved to [CallerQueues], from which the callers are served in turn and the late ones last.
///
/// Confined to the consumer, which is handed from worker to worker through the lane's latch, but for [#queues].
final class RingConsumer {
    private static final System.Logger LOG = System.getLogger(RingConsumer.class.getName());

    /// By how many rows a caller must be ahead of the others to be too many for them.
    private static final int CROWD_ROWS = 32;

    private final SlotRing ring;
    private final @Nullable RowSlab slab;
    private final RowLayout layout;
    private final boolean delaysLate;

    /// Made when callers first compete, or something stands back.
    private volatile @Nullable CallerQueues queues;

    /// Whether there is no memory for queues: then it is first come first served.
    private boolean noQueues;

    private final CallerShares shares = new CallerShares(CROWD_ROWS);
    private long next;

    // Up to here, only requests of `onlyCaller` were seen.
    private long scanned;
    private int onlyCaller;

    /// @param delaysLate whether requests may come to stand back for others
    RingConsumer(SlotRing ring, @Nullable RowSlab slab, RowLayout layout, boolean delaysLate) {
        this.ring = ring;
        this.slab = slab;
        this.layout = layout;
        this.delaysLate = delaysLate;
    }

    /// Where competing callers wait; null if there never were any. Any thread.
    @Nullable
    CallerQueues queues() {
        return queues;
    }

    /// Whether one caller asked for most of what came lately, beside others.
    boolean isCrowded(long nowNanos) {
        return shares.isCrowded(nowNanos);
    }

    /// When the first waiting request came, or `otherwise` if none waits.
    long oldestArrival(long otherwise) {
        CallerQueues known = queues;
        long oldest = ring.claimedRows() > 0 && ring.isPublished(next) ? ring.slot(next).arrivedNanos : otherwise;
        return known == null ? oldest : known.oldestArrival(oldest);
    }

    /// Moves requests into `batch` until it holds `limit` rows, or one request if that has more, or none is left.
    ///
    /// @return whether a request was left because it did not fit
    boolean seal(Batch batch, int limit, long nowNanos) {
        long highest = ring.highestPublished(next);
        CallerQueues known = queues;
        boolean competing = known != null && known.rows() > 0;
        boolean callersCompete = ring.claimedRows() > limit - batch.rows() && hasSeveralCallers(highest);
        if (!competing && (callersCompete || standsAnyBack(highest, limit - batch.rows(), nowNanos))) {
            known = known == null ? makeQueues() : known;
            competing = known != null;
        }
        if (competing && known != null) {
            moveTo(known, highest, batch, nowNanos);
            return known.seal(batch, limit, nowNanos);
        }
        return sealInOrder(batch, highest, limit, nowNanos);
    }

    private boolean sealInOrder(Batch batch, long highest, int limit, long nowNanos) {
        boolean full = false;
        while (!full && next <= highest) {
            Slot slot = ring.slot(next);
            int rows = slot.rows;
            if (next + rows - 1 > highest) {
                break;
            }
            // What the ticker has taken out needs no room.
            if (batch.rows() > 0 && rows > limit - batch.rows() && slot.isWaiting(next)) {
                full = true;
            } else {
                RowsCall call = taken(slot, batch, nowNanos);
                if (call != null) {
                    batch.add(call, rows, slab, next);
                }
                next += rows;
            }
        }
        batch.gathered();
        ring.consumedBefore(next);
        return full;
    }

    private @Nullable CallerQueues makeQueues() {
        if (noQueues) {
            return null;
        }
        try {
            CallerQueues made = new CallerQueues(layout, ring.capacity(), slab != null);
            queues = made;
            return made;
        } catch (OutOfMemoryError e) {
            noQueues = true;
            LOG.log(System.Logger.Level.WARNING, "callers of a model are not served in turn: no memory for it", e);
            return null;
        }
    }

    /// Looks at each request once.
    private boolean hasSeveralCallers(long highest) {
        if (highest < next) {
            return false;
        }
        if (scanned <= next) {
            scanned = next;
            onlyCaller = ring.slot(next).caller;
        }
        while (scanned <= highest) {
            Slot slot = ring.slot(scanned);
            if (slot.caller != onlyCaller) {
                return true;
            }
            scanned += slot.rows;
        }
        return false;
    }

    /// Whether what is late is among the next `rows`.
    private boolean standsAnyBack(long highest, int rows, long nowNanos) {
        if (!delaysLate) {
            return false;
        }
        long sequence = next;
        while (sequence <= highest && sequence - next < rows) {
            Slot slot = ring.slot(sequence);
            if (slot.standsBack(nowNanos)) {
                return true;
            }
            sequence += slot.rows;
        }
        return false;
    }

    private void moveTo(CallerQueues known, long highest, Batch batch, long nowNanos) {
        while (next <= highest) {
            Slot slot = ring.slot(next);
            int rows = slot.rows;
            if (next + rows - 1 > highest || !known.hasRoomFor(rows)) {
                break;
            }
            RowsCall call = taken(slot, batch, nowNanos);
            if (call != null) {
                known.add(slot, call, slab, next);
            }
            next += rows;
        }
        ring.consumedBefore(next);
    }

    /// The request if it is to run, and is now the consumer's.
    private @Nullable RowsCall taken(Slot slot, Batch batch, long nowNanos) {
        RowsCall call = slot.call;
        shares.saw(slot.caller, slot.rows, nowNanos);
        // Whoever else took it has read what it needs, so the slot may forget it.
        slot.call = null;
        if (call == null || !slot.tryTake(next)) {
            return null;
        }
        ErrorCode refusal = slot.refusal(call, nowNanos);
        if (refusal == null) {
            return call;
        }
        batch.drop(call, refusal);
        return null;
    }

    /// Takes requests out that will not run, whoever's they are, until they have `limit` rows or none is left.
    ///
    /// @return their rows
    int discard(int limit, Consumer<RowsCall> out) {
        CallerQueues known = queues;
        int discarded = known == null ? 0 : known.discard(limit, out);
        long highest = ring.highestPublished(next);
        while (discarded < limit && next <= highest) {
            Slot slot = ring.slot(next);
            int rows = slot.rows;
            if (next + rows - 1 > highest) {
                break;
            }
            RowsCall call = slot.call;
            slot.call = null;
            boolean own = call != null && slot.tryTake(next);
            next += rows;
            discarded += rows;
            if (own && call != null) {
                out.accept(call);
            }
        }
        ring.consumedBefore(next);
        return discarded;
    }
}
