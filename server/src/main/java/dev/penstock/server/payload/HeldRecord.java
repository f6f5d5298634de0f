package dev.penstock.server.payload;

import java.util.concurrent.atomic.AtomicInteger;

/// A record on its way, and the room that it takes until every destination has done with it. Thread-safe.
final class HeldRecord {
    private final PayloadRecord record;
    private final ByteRoom room;
    private final long bytes;
    private final AtomicInteger left;

    /// @param bytes taken of `room`, given back by the last [#done]
    /// @param destinations that call [#done] once each
    HeldRecord(PayloadRecord record, ByteRoom room, long bytes, int destinations) {
        this.record = record;
        this.room = room;
        this.bytes = bytes;
        this.left = new AtomicInteger(destinations);
    }

    PayloadRecord record() {
        return record;
    }

    void done() {
        if (left.decrementAndGet() == 0) {
            room.give(bytes);
        }
    }
}
