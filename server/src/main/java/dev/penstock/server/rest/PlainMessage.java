package dev.penstock.server.rest;

import dev.penstock.server.fast.Staging;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Puts a request together whose body arrives in pieces: head and body, in staging. Confined to its connection's event
/// loop.
final class PlainMessage {
    /// What has come of a piece.
    enum State {
        INCOMPLETE,
        COMPLETE,
        /// There is no memory for it; what had arrived is gone.
        NO_MEMORY
    }

    private final Staging staging;
    private final DirectReceive receive;
    private @Nullable InferHead head;
    private @Nullable ByteBuf staged;
    private long bytes;

    PlainMessage(Staging staging, DirectReceive receive) {
        this.staging = staging;
        this.receive = receive;
    }

    boolean isUnderWay() {
        return staged != null;
    }

    InferHead head() {
        InferHead present = head;
        if (present == null) {
            throw new IllegalStateException("no message (expected: one under way)");
        }
        return present;
    }

    /// How long the message is that came last, head and body.
    long bytes() {
        return bytes;
    }

    /// Begins with what has arrived, which stays the caller's.
    ///
    /// @return false if there is no memory for it; then nothing was begun
    boolean begin(InferHead newHead, ByteBuf arrived) {
        ByteBuf room = staging.tryTake(newHead.length() + newHead.bodyBytes);
        if (room == null || room.capacity() < arrived.readableBytes()) {
            if (room != null) {
                staging.give(room);
            }
            return false;
        }
        room.writeBytes(arrived);
        head = newHead;
        // Both are bounded by the largest message, far below the range of int.
        bytes = (long) newHead.length() + newHead.bodyBytes;
        staged = room;
        receive.into(room, missing(room));
        return true;
    }

    private int missing(ByteBuf room) {
        return head().length() + head().bodyBytes - room.writerIndex();
    }

    /// Takes what belongs to the message out of `arrived`.
    State add(ByteBuf arrived) {
        ByteBuf room = staged;
        if (room == null) {
            throw new IllegalStateException("no message (expected: one under way)");
        }
        if (receive.isInto(arrived)) {
            room.writerIndex(room.writerIndex() + arrived.readableBytes());
            arrived.skipBytes(arrived.readableBytes());
        } else {
            room = copied(room, arrived);
        }
        staged = room;
        if (room == null) {
            forget();
            return State.NO_MEMORY;
        }
        if (missing(room) > 0) {
            receive.into(room, missing(room));
            return State.INCOMPLETE;
        }
        return State.COMPLETE;
    }

    private @Nullable ByteBuf copied(ByteBuf present, ByteBuf arrived) {
        int count = Math.min(missing(present), arrived.readableBytes());
        ByteBuf room = present;
        if (present.capacity() - present.writerIndex() < count) {
            room = staging.tryGrow(present, count, head().length() + head().bodyBytes);
        }
        return room == null ? null : room.writeBytes(arrived, count);
    }

    /// What has arrived so far, which is the caller's from here on; null if no message is under way.
    @Nullable
    ByteBuf take() {
        ByteBuf taken = staged;
        forget();
        return taken;
    }

    private void forget() {
        staged = null;
        head = null;
        receive.stop();
    }

    void release() {
        ByteBuf taken = take();
        if (taken != null) {
            staging.give(taken);
        }
    }
}
