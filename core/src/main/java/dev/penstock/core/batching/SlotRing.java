package dev.penstock.core.batching;

import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.MultiProducerSequencer;
import com.lmax.disruptor.Sequence;

/// The places of a ring and how far each side of it has come: a Disruptor sequencer without a thread. Any thread claims
/// and publishes; one at a time consumes.
final class SlotRing {
    private final MultiProducerSequencer sequencer;
    private final Sequence consumed = new Sequence();
    private final Slot[] slots;

    /// @param capacity a power of two
    SlotRing(int capacity) {
        sequencer = new MultiProducerSequencer(capacity, new NoWaiting());
        sequencer.addGatingSequences(consumed);
        consumed.set(-1);
        slots = new Slot[capacity];
        for (int i = 0; i < capacity; i++) {
            slots[i] = new Slot();
        }
    }

    int capacity() {
        return slots.length;
    }

    Slot slot(long sequence) {
        return slots[(int) (sequence & (slots.length - 1))];
    }

    /// Whoever gets some must publish them, whatever happens, or nothing behind them would ever run.
    ///
    /// @return the first of that many sequences, or -1 if there is no room
    long tryClaim(int rows) {
        try {
            // Asked first because the exception, though it is preallocated, costs more than the question.
            return sequencer.hasAvailableCapacity(rows) ? sequencer.tryNext(rows) - rows + 1 : -1;
        } catch (InsufficientCapacityException e) {
            return -1;
        }
    }

    void publish(long first, int rows) {
        sequencer.publish(first, first + rows - 1);
    }

    /// Rows from the claim until they are consumed. A moment's view.
    int claimedRows() {
        // Between the two looks more may come and go.
        return (int) Math.max(0, sequencer.getCursor() - consumed.get());
    }

    /// Where the consumer goes on.
    long firstWaiting() {
        return consumed.get() + 1;
    }

    boolean isPublished(long sequence) {
        return sequencer.isAvailable(sequence);
    }

    /// The last sequence up to which all from `first` on are published; `first - 1` if that is not.
    long highestPublished(long first) {
        return sequencer.getHighestPublishedSequence(first, sequencer.getCursor());
    }

    /// Gives the places before `next` back to the producers. Consumer only.
    void consumedBefore(long next) {
        consumed.set(next - 1);
    }
}
