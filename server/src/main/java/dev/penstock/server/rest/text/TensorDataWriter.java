package dev.penstock.server.rest.text;

import dev.penstock.core.DataType;
import dev.penstock.core.ServingException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Writes a tensor's elements as a flat JSON array, in pieces as large as the buffers it is given.
///
/// Numbers are written as [NumberWriter] says; BOOL is `true` or `false`. [DataType#BYTES] is not for this
/// class. Allocates nothing per element or piece. Confined to one thread at a time.
public final class TensorDataWriter {
    private enum State {
        BEFORE,
        INSIDE,
        DONE
    }

    private final NonFinite nonFinite;
    private State state = State.DONE;
    private DataType type = DataType.FP32;
    private ByteBuffer source = ByteBuffer.allocate(0);
    private int sourceAt;
    private int next;
    private int count;

    public TensorDataWriter(NonFinite nonFinite) {
        this.nonFinite = nonFinite;
    }

    /// Begins an array.
    ///
    /// @param source little-endian; not looked at after the last [#write] of this array
    /// @param offset index in `source` of the first element
    public void begin(DataType type, ByteBuffer source, int offset, int count) {
        if (!type.hasFixedSize() || source.order() != ByteOrder.LITTLE_ENDIAN) {
            throw new IllegalArgumentException(
                    "%s, %s (expected: a type of fixed size, LITTLE_ENDIAN)".formatted(type, source.order()));
        }
        long end = offset + (long) count * type.byteSize();
        if (offset < 0 || count < 0 || end > source.limit()) {
            throw new IllegalArgumentException("source: %d elements of %s at %d (expected: within %d bytes)"
                    .formatted(count, type, offset, source.limit()));
        }
        this.type = type;
        this.source = source;
        this.count = count;
        sourceAt = offset;
        next = 0;
        state = State.BEFORE;
    }

    /// Whether the closing bracket has been written.
    public boolean isDone() {
        return state == State.DONE;
    }

    /// Goes on writing until the array is complete or no more than [NumberWriter#ROOM_BYTES] are left before
    /// `limit`; with no more than those from the start it writes nothing of use.
    ///
    /// @return where the text in `out` ends now
    /// @throws ServingException naming the element that is not finite
    public int write(byte[] out, int from, int limit) {
        int at = from;
        int lastStart = limit - NumberWriter.ROOM_BYTES;
        if (state == State.BEFORE && at <= lastStart) {
            out[at++] = '[';
            state = State.INSIDE;
        }
        if (state == State.INSIDE) {
            at = writeElements(out, at, lastStart);
        }
        if (next == count && state == State.INSIDE && at <= lastStart) {
            out[at++] = ']';
            state = State.DONE;
        }
        return at;
    }

    /// Writes the only element of the array that was begun, without brackets.
    ///
    /// @return where the text in `out` ends now, at most [NumberWriter#ROOM_BYTES] behind `at`
    public int writeOnly(byte[] out, int at) {
        if (count != 1 || state != State.BEFORE) {
            throw new IllegalStateException("%d elements, %s (expected: 1, BEFORE)".formatted(count, state));
        }
        state = State.DONE;
        return writeElement(out, at);
    }

    private int writeElements(byte[] out, int from, int lastStart) {
        int at = from;
        while (next < count && at < lastStart) {
            if (next > 0) {
                out[at++] = ',';
            }
            at = writeElement(out, at);
            sourceAt += type.byteSize();
            next++;
        }
        return at;
    }

    private int writeElement(byte[] out, int at) {
        return switch (type) {
            case FP32 -> writeFloat(source.getInt(sourceAt), FloatFormat.FP32, out, at);
            case FP64 -> writeFloat(source.getLong(sourceAt), FloatFormat.FP64, out, at);
            case FP16 -> writeFloat(source.getShort(sourceAt), FloatFormat.FP16, out, at);
            case BF16 -> writeFloat(source.getShort(sourceAt), FloatFormat.BF16, out, at);
            case INT64 -> NumberWriter.writeLong(source.getLong(sourceAt), out, at);
            case INT32 -> NumberWriter.writeLong(source.getInt(sourceAt), out, at);
            case INT16 -> NumberWriter.writeLong(source.getShort(sourceAt), out, at);
            case INT8 -> NumberWriter.writeLong(source.get(sourceAt), out, at);
            case UINT64 -> NumberWriter.writeUnsignedLong(source.getLong(sourceAt), out, at);
            case UINT32 -> NumberWriter.writeLong(Integer.toUnsignedLong(source.getInt(sourceAt)), out, at);
            case UINT16 -> NumberWriter.writeLong(Short.toUnsignedLong(source.getShort(sourceAt)), out, at);
            case UINT8 -> NumberWriter.writeLong(Byte.toUnsignedLong(source.get(sourceAt)), out, at);
            case BOOL -> NumberWriter.writeBoolean(source.get(sourceAt) != 0, out, at);
            case BYTES -> throw new AssertionError("refused at the start");
        };
    }

    private int writeFloat(long bits, FloatFormat format, byte[] out, int at) {
        if (nonFinite == NonFinite.QUOTED || (bits & format.infinityBits()) != format.infinityBits()) {
            return NumberWriter.writeBits(bits, format, out, at);
        }
        if (nonFinite == NonFinite.BARE) {
            return NumberWriter.writeBare(bits, format, out, at);
        }
        throw ServingException.invalid(
                "element " + next + " is not a finite " + format.name() + " and JSON has no such number");
    }
}
