package dev.penstock.server.payload;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one request takes of the room of each destination that has some, from its arrival until its record is
/// handed on or given up. Used by one thread at a time.
final class Reservation {
    /// Of these it has `bytes` each.
    private final List<RecordQueue> holders;

    private long bytes;

    private Reservation(List<RecordQueue> holders, long bytes) {
        this.holders = holders;
        this.bytes = bytes;
    }

    /// @return null if no destination has room
    static @Nullable Reservation of(List<RecordQueue> queues, long bytes) {
        List<RecordQueue> holders = new ArrayList<>(queues.size());
        for (RecordQueue queue : queues) {
            if (queue.tryTake(bytes)) {
                holders.add(queue);
            }
        }
        return holders.isEmpty() ? null : new Reservation(holders, bytes);
    }

    /// Takes more; a destination that has no more room is given up.
    ///
    /// @return whether one is left
    boolean grow(long more) {
        holders.removeIf(queue -> {
            boolean fits = queue.tryTake(more);
            if (!fits) {
                queue.give(bytes);
            }
            return !fits;
        });
        bytes += more;
        return !holders.isEmpty();
    }

    /// Hands a record to all that have room for it; they give the room back.
    void hand(PayloadRecord record) {
        HeldRecord held = new HeldRecord(record, bytes);
        while (!holders.isEmpty()) {
            holders.getLast().offer(held);
            holders.removeLast();
        }
    }

    /// Gives back what was not handed on.
    void release() {
        holders.forEach(queue -> queue.give(bytes));
        holders.clear();
    }
}
