package dev.penstock.server.grpc.door;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;

/// Bytes of one connection that wait to be decoded. Confined to its event loop.
final class PutOff {
    /// Some thirty small requests: one connection's share of a turn.
    private static final int MOST_AT_ONCE = 4096;

    /// When that much waits, no more is read from the socket.
    private static final int FULL_BYTES = 64 * 1024;

    private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>();
    private int bytes;

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    boolean isFull() {
        return bytes >= FULL_BYTES;
    }

    /// @param received owned by this from here on
    void add(ByteBuf received) {
        waiting.add(received);
        bytes += received.readableBytes();
    }

    /// The first of them, owned by the caller. There must be some.
    ByteBuf next() {
        ByteBuf first = waiting.getFirst();
        boolean whole = first.readableBytes() <= MOST_AT_ONCE;
        ByteBuf next = whole ? waiting.removeFirst() : first.readRetainedSlice(MOST_AT_ONCE);
        bytes -= next.readableBytes();
        return next;
    }

    void release() {
        waiting.forEach(ByteBuf::release);
        waiting.clear();
        bytes = 0;
    }
}
