package dev.penstock.core.batching;

import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.MultiProducerSequencer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.WaitStrategy;
import dev.penstock.core.ErrorCode;
import org.jspecify.annotations.Nullable;

/// The waiting rows of one lane and priority, first come first served, in a Disruptor ring without a thread.
///
/// Any thread offers: it claims as many sequences as the request has rows, only when the request is complete, fills
/// them and publishes them, so that a slow sender never blocks the ring. One worker at a time consumes; which one, the
/// lane decides. The ticker may take late requests out of the middle; they leave holes that the consumer steps over.
final class RowRing implements AutoCloseable {
    private final MultiProducerSequencer sequencer;
    private final Sequence consumed = new Sequence();
    private final Slot[] slots;

    /// Null where rows are so large that the call keeps them until the run.
    private final @Nullable RowSlab slab;

    // The consumer's; handed from worker to worker through the lane's latch.
    private long next;

    RowRing(RowLayout layout, int capacity, boolean copiesOnOffer) {
        sequencer = new MultiProducerSequencer(capacity, new NoWaiting());
        sequencer.addGatingSequences(consumed);
        consumed.set(-1);
        slots = new Slot[capacity];
        for (int i = 0; i < capacity; i++) {
            slots[i] = new Slot();
        }
        slab = copiesOnOffer ? new RowSlab(layout, capacity) : null;
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
        slot(first).fill(first, call, rows, arrivedNanos, deadlineNanos);
    }

    /// A claimed sequence must be published whatever happens, or nothing behind it would ever run.
    private void fillWithNobody(long first, int rows, long arrivedNanos) {
        Slot slot = slot(first);
        slot.fill(first, Nobody.INSTANCE, rows, arrivedNanos, arrivedNanos);
        slot.tryTake(first);
    }

    /// Rows that are published and not yet consumed. Exact for the consumer, else a moment's view.
    int queuedRows() {
        return (int) (sequencer.getCursor() - consumed.get());
    }

    /// When the first waiting request came, or `otherwise` if none waits. Consumer only.
    long oldestArrival(long otherwise) {
        return queuedRows() > 0 && sequencer.isAvailable(next) ? slot(next).arrivedNanos : otherwise;
    }

    /// Moves requests into `batch` until it holds `limit` rows, or one request if that has more, or none is left.
    /// Consumer only.
    ///
    /// @return whether a request was left because it did not fit
    boolean seal(Batch batch, int limit, long nowNanos) {
        long highest = sequencer.getHighestPublishedSequence(next, sequencer.getCursor());
        boolean full = false;
        while (!full && next <= highest) {
            Slot slot = slot(next);
            int rows = slot.rows;
            if (next + rows - 1 > highest) {
                break;
            }
            if (batch.rows() > 0 && rows > limit - batch.rows()) {
                full = true;
            } else {
                take(slot, batch, nowNanos);
                next += rows;
            }
        }
        batch.gathered();
        consumed.set(next - 1);
        return full;
    }

    private void take(Slot slot, Batch batch, long nowNanos) {
        RowsCall call = slot.call;
        // Whoever else took it has read what it needs, so the slot may forget it.
        slot.call = null;
        if (call == null || !slot.tryTake(next)) {
            return;
        }
        if (call.abandoned()) {
            batch.drop(call, ErrorCode.CANCELLED);
        } else if (isLate(slot.deadlineNanos, nowNanos)) {
            batch.drop(call, ErrorCode.DEADLINE_EXCEEDED);
        } else {
            batch.add(call, slot.rows, slab, next);
        }
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
            if (slot.isWaiting(sequence)) {
                sweep(slot, sequence, nowNanos, late);
            }
            sequence += rows;
        }
    }

    private static void sweep(Slot slot, long sequence, long nowNanos, LateRequests late) {
        // Read before the take: while the stamp says "waiting", nobody overwrites the slot.
        RowsCall call = slot.call;
        long deadlineNanos = slot.deadlineNanos;
        if (call == null) {
            return;
        }
        boolean abandoned = call.abandoned();
        if ((abandoned || isLate(deadlineNanos, nowNanos)) && slot.tryTake(sequence)) {
            late.accept(call, abandoned ? ErrorCode.CANCELLED : ErrorCode.DEADLINE_EXCEEDED);
        }
    }

    private static boolean isLate(long deadlineNanos, long nowNanos) {
        return deadlineNanos != Lane.NO_DEADLINE && deadlineNanos - nowNanos <= 0;
    }

    private Slot slot(long sequence) {
        return slots[(int) (sequence & (slots.length - 1))];
    }

    @Override
    public void close() {
        if (slab != null) {
            slab.close();
        }
    }

    /// Who gets what the sweep takes out.
    interface LateRequests {
        void accept(RowsCall call, ErrorCode why);
    }

    /// Nobody waits on the sequencer: the lanes wake their workers themselves.
    private static final class NoWaiting implements WaitStrategy {
        @Override
        public long waitFor(long sequence, Sequence cursor, Sequence dependentSequence, SequenceBarrier barrier) {
            throw new AssertionError("nobody waits");
        }

        @Override
        public void signalAllWhenBlocking() {}
    }

    /// Stands where a request was claimed but could not be filled in.
    private static final class Nobody implements RowsCall {
        static final Nobody INSTANCE = new Nobody();

        @Override
        public int rows() {
            return 1;
        }

        @Override
        public long deadlineNanos() {
            return Lane.NO_DEADLINE;
        }

        @Override
        public boolean abandoned() {
            return true;
        }

        @Override
        public void copyRows(int input, int firstRow, int rowCount, long toAddress) {}

        @Override
        public void completed(BatchOutputs outputs, int firstRow) {
            outputs.release();
        }

        @Override
        public void failed(ErrorCode code, String message) {}
    }
}
