package dev.penstock.core.batching;

import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.MultiProducerSequencer;
import com.lmax.disruptor.Sequence;
import dev.penstock.core.ErrorCode;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The waiting rows of one lane and priority, first come first served, in a Disruptor ring without a thread.
///
/// Any thread offers: it claims as many sequences as the request has rows, only when the request is complete, fills
/// them and publishes them, so that a slow sender never blocks the ring. One worker at a time consumes; which one, the
/// lane decides. The ticker may take late requests out of the middle; they leave holes that the consumer steps over.
///
/// When more waits than one run takes and it is not all one caller's, the consumer moves it to [CallerQueues], from
/// which the callers are served in turn. The last eighth of the room is for those who do not have most of the queue
/// already.
final class RowRing implements AutoCloseable {
    private static final int RESERVED_SHARE = 8;
    private static final int SAMPLES = 8;
    private static final System.Logger LOG = System.getLogger(RowRing.class.getName());

    private final MultiProducerSequencer sequencer;
    private final Sequence consumed = new Sequence();
    private final Slot[] slots;

    /// Null where rows are so large that the call keeps them until the run.
    private final @Nullable RowSlab slab;

    private final RowLayout layout;
    private final int reserve;

    /// Made by the consumer when callers first compete.
    private volatile @Nullable CallerQueues queues;

    // The consumer's; handed from worker to worker through the lane's latch.
    private long next;

    /// Whether there is no memory for queues: then it is first come first served.
    private boolean noQueues;

    // Up to here, the consumer has seen only requests of `onlyCaller`.
    private long scanned;
    private int onlyCaller;

    RowRing(RowLayout layout, int capacity, boolean copiesOnOffer) {
        this.layout = layout;
        reserve = capacity / RESERVED_SHARE;
        sequencer = new MultiProducerSequencer(capacity, new NoWaiting());
        sequencer.addGatingSequences(consumed);
        consumed.set(-1);
        slots = new Slot[capacity];
        for (int i = 0; i < capacity; i++) {
            slots[i] = new Slot();
        }
        slab = copiesOnOffer ? new RowSlab(layout, capacity) : null;
    }

    /// Whether a request of so many rows may be put now, by who its caller is and what waits. A moment's view.
    boolean admits(int caller, int rows) {
        int queued = queuedRows();
        if (queued == 0 || queued + rows <= slots.length - reserve) {
            return queued + rows <= slots.length;
        }
        return queued + rows <= slots.length && !hasMost(caller);
    }

    /// Whether more than half of what waits is that caller's, as far as one sees by a few samples.
    private boolean hasMost(int caller) {
        CallerQueues known = queues;
        if (known != null && known.rows() > 0) {
            return 2 * known.rowsOf(caller) > known.rows();
        }
        long from = consumed.get() + 1;
        long waiting = sequencer.getCursor() - consumed.get();
        int own = 0;
        for (int i = 0; i < SAMPLES; i++) {
            own += slot(from + i * waiting / SAMPLES).caller == caller ? 1 : 0;
        }
        return 2 * own > SAMPLES;
    }

    /// @return whether there was room
    boolean tryPut(RowsCall call, int rows, long arrivedNanos, long deadlineNanos) {
        long first = tryClaim(rows);
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
            sequencer.publish(first, first + rows - 1);
        }
        return true;
    }

    /// Puts all pieces or none: once a worker may have seen one, the request cannot be refused any more.
    ///
    /// @param rows of all pieces together
    /// @return whether there was room
    boolean tryPut(SplitRequest split, int rows, long arrivedNanos, long deadlineNanos) {
        long first = tryClaim(rows);
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
            sequencer.publish(first, first + rows - 1);
        }
        return true;
    }

    /// @return the first of that many sequences, or -1 if there is no room
    private long tryClaim(int rows) {
        try {
            // Asked first because the exception, though it is preallocated, costs more than the question.
            return sequencer.hasAvailableCapacity(rows) ? sequencer.tryNext(rows) - rows + 1 : -1;
        } catch (InsufficientCapacityException e) {
            return -1;
        }
    }

    private void fill(long first, RowsCall call, int rows, long arrivedNanos, long deadlineNanos) {
        if (slab != null) {
            slab.put(first, call, rows);
        }
        int caller = call.caller();
        // All of them, for who looks at samples.
        for (long other = first + 1; other < first + rows; other++) {
            slot(other).caller = caller;
        }
        slot(first).fill(first, call, caller, rows, arrivedNanos, deadlineNanos);
    }

    /// A claimed sequence must be published whatever happens, or nothing behind it would ever run.
    private void fillWithNobody(long first, int rows, long arrivedNanos) {
        Slot slot = slot(first);
        slot.fill(first, Nobody.INSTANCE, 0, rows, arrivedNanos, arrivedNanos);
        slot.tryTake(first);
    }

    /// Rows that are claimed and not yet taken into a batch. Never 0 while there are any, else a moment's view.
    int queuedRows() {
        // The ring first: what leaves it was put into the queues before, and so is counted twice rather than not.
        int inRing = ringRows();
        CallerQueues known = queues;
        return inRing + (known == null ? 0 : known.rows());
    }

    /// Claimed ones too.
    private int ringRows() {
        // Between the two looks more may come and go.
        return (int) Math.max(0, sequencer.getCursor() - consumed.get());
    }

    /// Whether a consumer would find something now: not behind a producer that has claimed and not yet published.
    /// Exact for the consumer; for others, "no" means that nothing was there, or that another consumer came.
    boolean hasWaiting() {
        CallerQueues known = queues;
        if (known != null && known.rows() > 0) {
            return true;
        }
        long first = consumed.get() + 1;
        // The rows of a request are published one after another.
        return sequencer.isAvailable(first) && sequencer.isAvailable(first + slot(first).rows - 1);
    }

    /// When the first waiting request came, or `otherwise` if none waits. Consumer only.
    long oldestArrival(long otherwise) {
        CallerQueues known = queues;
        long oldest = ringRows() > 0 && sequencer.isAvailable(next) ? slot(next).arrivedNanos : otherwise;
        return known == null ? oldest : known.oldestArrival(oldest);
    }

    /// Moves requests into `batch` until it holds `limit` rows, or one request if that has more, or none is left.
    /// Consumer only.
    ///
    /// @return whether a request was left because it did not fit
    boolean seal(Batch batch, int limit, long nowNanos) {
        long highest = sequencer.getHighestPublishedSequence(next, sequencer.getCursor());
        CallerQueues known = queues;
        boolean competing = known != null && known.rows() > 0;
        if (!competing && ringRows() > limit - batch.rows() && hasSeveralCallers(highest)) {
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
            Slot slot = slot(next);
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
        consumed.set(next - 1);
        return full;
    }

    private @Nullable CallerQueues makeQueues() {
        if (noQueues) {
            return null;
        }
        try {
            CallerQueues made = new CallerQueues(layout, slots.length, slab != null);
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
            onlyCaller = slot(next).caller;
        }
        while (scanned <= highest) {
            Slot slot = slot(scanned);
            if (slot.caller != onlyCaller) {
                return true;
            }
            scanned += slot.rows;
        }
        return false;
    }

    private void moveTo(CallerQueues known, long highest, Batch batch, long nowNanos) {
        while (next <= highest) {
            Slot slot = slot(next);
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
        consumed.set(next - 1);
    }

    /// The request if it is to run, and is now the consumer's.
    private @Nullable RowsCall taken(Slot slot, Batch batch, long nowNanos) {
        RowsCall call = slot.call;
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
    /// Consumer only.
    ///
    /// @return their rows
    int discard(int limit, Consumer<RowsCall> out) {
        CallerQueues known = queues;
        int discarded = known == null ? 0 : known.discard(limit, out);
        long highest = sequencer.getHighestPublishedSequence(next, sequencer.getCursor());
        while (discarded < limit && next <= highest) {
            Slot slot = slot(next);
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
        consumed.set(next - 1);
        return discarded;
    }

    /// Takes out every waiting request that is late or abandoned and gives it to `late`. Ticker only.
    void sweep(long nowNanos, LateRequests late) {
        long sequence = consumed.get() + 1;
        long highest = sequencer.getHighestPublishedSequence(sequence, sequencer.getCursor());
        while (sequence <= highest) {
            Slot slot = slot(sequence);
            int rows = slot.rows;
            if (rows < 1 || sequence + rows - 1 > highest) {
                break;
            }
            slot.sweep(sequence, nowNanos, late);
            sequence += rows;
        }
        CallerQueues known = queues;
        if (known != null) {
            known.sweep(nowNanos, late);
        }
    }

    private Slot slot(long sequence) {
        return slots[(int) (sequence & (slots.length - 1))];
    }

    @Override
    public void close() {
        if (slab != null) {
            slab.close();
        }
        CallerQueues known = queues;
        if (known != null) {
            known.close();
        }
    }

    /// Who gets what the sweep takes out.
    interface LateRequests {
        void accept(RowsCall call, ErrorCode why);
    }
}
