package dev.penstock.loadtest.target;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Walks over the fields of a protobuf message where it lies. Confined; after anything that is no protobuf,
/// [#isBroken()], and there are no more fields.
final class ProtoCursor {
    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int BYTES = 2;
    static final int FIXED32 = 5;
    private static final int MAX_VARINT = 70;

    private final ByteBuffer in;
    private int at;
    private final int end;
    private boolean broken;
    private int wireType;
    private long number;
    private int from;

    /// @param in read by absolute positions, and never moved
    ProtoCursor(ByteBuffer in, int at, int end) {
        this.in = in.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        this.at = at;
        this.end = end;
    }

    boolean isBroken() {
        return broken;
    }

    boolean hasMore() {
        return !broken && at < end;
    }

    /// Goes to the next field and reads it.
    ///
    /// @return its number, or 0 if there is none
    int next() {
        if (!hasMore()) {
            return 0;
        }
        long tag = varint();
        wireType = (int) tag & 7;
        from = at;
        switch (wireType) {
            case VARINT -> number = varint();
            case FIXED64 -> number = fixed(Long.BYTES);
            case FIXED32 -> number = fixed(Integer.BYTES);
            case BYTES -> {
                long length = varint();
                from = at;
                if (length < 0 || length > end - at) {
                    broken = true;
                } else {
                    at += (int) length;
                }
            }
            default -> broken = true;
        }
        return broken ? 0 : (int) (tag >>> 3);
    }

    int wireType() {
        return wireType;
    }

    /// Of a field that is a number: its bits.
    long number() {
        return number;
    }

    /// Of a field that has bytes: where they begin.
    int from() {
        return from;
    }

    /// Where the field ends.
    int to() {
        return at;
    }

    long varint() {
        long value = 0;
        for (int shift = 0; shift < MAX_VARINT; shift += 7) {
            if (at >= end) {
                broken = true;
                return 0;
            }
            byte next = in.get(at++);
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        broken = true;
        return 0;
    }

    long fixed(int bytes) {
        if (bytes > end - at) {
            broken = true;
            return 0;
        }
        long value = bytes == Long.BYTES ? in.getLong(at) : in.getInt(at);
        at += bytes;
        return value;
    }
}
