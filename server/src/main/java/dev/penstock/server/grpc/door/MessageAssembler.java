package dev.penstock.server.grpc.door;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.fast.Staging;
import dev.penstock.server.wire.MessageLimit;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Puts the gRPC messages of one stream together from its DATA frames. A message that lies whole in one frame
/// is delivered in place; any other is staged. Confined to an event loop, reusable.
final class MessageAssembler {
    static final int PREFIX_BYTES = 5;

    private final Staging staging;
    private final MessageLimit limit;
    private final Receiver receiver;

    /// Whether one message is all the stream may carry, to be delivered only when the stream has ended.
    private boolean single;

    private int prefixRead;
    private int compressedFlag;
    private int expected;
    private @Nullable ByteBuf staged;

    /// Where messages go.
    interface Receiver {
        /// A whole message. The bytes are there until this returns; if they lie in `staged` it is the
        /// receiver's from here on, to be given back to [Staging].
        void message(long address, int bytes, boolean compressed, @Nullable ByteBuf staged);

        /// The peer breaks the rules or a limit; nothing more is wanted of this stream.
        void refused(ErrorCode code, String message);

        /// Whether another message is welcome now.
        boolean takesMore();
    }

    MessageAssembler(Staging staging, MessageLimit limit, Receiver receiver) {
        this.staging = staging;
        this.limit = limit;
        this.receiver = receiver;
    }

    void begin(boolean singleMessage) {
        single = singleMessage;
        prefixRead = 0;
        expected = 0;
    }

    /// Reads on, until `data` is empty or the receiver takes no more.
    ///
    /// @param last whether the stream ends with these bytes; [#end] is still to be called
    void data(ByteBuf data, boolean last) {
        while (data.isReadable() && receiver.takesMore()) {
            if (prefixRead == 0 && tryInPlace(data, last)) {
                continue;
            }
            if (!stage(data)) {
                return;
            }
            if (!single && isComplete()) {
                deliver();
            }
        }
    }

    /// The stream has ended.
    void end() {
        if (prefixRead == 0 && !single) {
            return;
        }
        if (!isComplete()) {
            refuse(
                    ErrorCode.INTERNAL,
                    prefixRead == 0 ? "the request has no message" : "the request ended inside a message");
        } else if (single) {
            deliver();
        }
    }

    /// Gives back what was not delivered.
    void release() {
        if (staged != null) {
            staging.give(staged);
            staged = null;
        }
    }

    private boolean tryInPlace(ByteBuf data, boolean last) {
        int at = data.readerIndex();
        int available = data.readableBytes() - PREFIX_BYTES;
        if (available < 0 || !data.hasMemoryAddress()) {
            return false;
        }
        int length = data.getInt(at + 1);
        boolean alone = available == length && last;
        if (length < 0 || length > available || length > limit.bytes() || (single && !alone) || data.getByte(at) > 1) {
            return false;
        }
        boolean compressed = data.getByte(at) != 0;
        data.skipBytes(PREFIX_BYTES + length);
        if (single) {
            expected = length;
            single = false;
        }
        receiver.message(data.memoryAddress() + at + PREFIX_BYTES, length, compressed, null);
        return true;
    }

    private boolean isComplete() {
        return prefixRead == PREFIX_BYTES && staged != null && staged.readableBytes() == expected;
    }

    private void deliver() {
        ByteBuf message = staged;
        if (message == null) {
            throw new IllegalStateException("no message (expected: a complete one)");
        }
        staged = null;
        prefixRead = 0;
        single = false;
        receiver.message(
                message.memoryAddress() + message.readerIndex(), message.readableBytes(), compressedFlag != 0, message);
    }

    private boolean stage(ByteBuf data) {
        while (prefixRead < PREFIX_BYTES && data.isReadable()) {
            if (!prefixByte(data.readByte())) {
                return false;
            }
        }
        int count = staged == null ? 0 : Math.min(data.readableBytes(), expected - staged.readableBytes());
        if (count > 0 && !append(data, count)) {
            return false;
        }
        if (single && data.isReadable()) {
            refuse(ErrorCode.UNSUPPORTED, "the request has more than one message");
            return false;
        }
        return true;
    }

    private boolean append(ByteBuf data, int count) {
        ByteBuf room = staged;
        if (room != null && room.capacity() - room.writerIndex() < count) {
            room = staging.tryGrow(room, count, expected);
            staged = room;
        }
        if (room == null) {
            refuseForMemory();
            return false;
        }
        room.writeBytes(data, count);
        return true;
    }

    private boolean prefixByte(byte octet) {
        if (prefixRead == 0) {
            compressedFlag = octet;
            expected = 0;
        } else {
            expected = expected << Byte.SIZE | (octet & 0xff);
        }
        prefixRead++;
        return prefixRead < PREFIX_BYTES || startMessage();
    }

    private boolean startMessage() {
        if ((compressedFlag & ~1) != 0) {
            refuse(ErrorCode.INTERNAL, "the message's first byte is " + compressedFlag + " (expected: 0 or 1)");
            return false;
        }
        if (expected < 0 || expected > limit.bytes()) {
            ServingException tooLarge = limit.tooLarge(Integer.toUnsignedString(expected));
            refuse(tooLarge.code(), tooLarge.reason());
            return false;
        }
        staged = staging.tryTake(expected);
        if (staged == null) {
            refuseForMemory();
            return false;
        }
        return true;
    }

    private void refuseForMemory() {
        refuse(ErrorCode.OVERLOADED, staging.refusal(expected));
    }

    private void refuse(ErrorCode code, String message) {
        release();
        receiver.refused(code, message);
    }
}
