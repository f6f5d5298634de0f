package dev.penstock.server.grpc.door;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.nio.ByteOrder;

/// Walks protobuf's wire format in native memory and takes exactly what protobuf-java takes. Confined to one thread,
/// reusable, allocates nothing.
///
/// Every method that moves throws [Malformed] rather than leave the current message.
final class WireCursor {
    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int BYTES = 2;
    static final int START_GROUP = 3;
    static final int END_GROUP = 4;
    static final int FIXED32 = 5;

    /// protobuf-java's default, of messages and groups together.
    private static final int MAX_DEPTH = 100;

    private long position;
    private long end;
    private int messageDepth;

    /// Bytes that are no message. Stackless: hostile input costs no more than good input.
    static final class Malformed extends RuntimeException {
        @SuppressWarnings("StaticAssignmentOfThrowable") // It carries nothing that could differ.
        static final Malformed INSTANCE = new Malformed();

        private Malformed() {
            super("malformed protobuf message", null, false, false);
        }
    }

    static {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new ExceptionInInitializerError("byte order: big endian (expected: little endian, as on the wire)");
        }
    }

    void begin(long address, long bytes) {
        position = address;
        end = address + bytes;
        messageDepth = 0;
    }

    long position() {
        return position;
    }

    boolean atEnd() {
        return position >= end;
    }

    /// The next field's tag, or 0 at the end of the current message.
    int tag() {
        if (position >= end) {
            return 0;
        }
        int tag = varint32();
        if (tag >>> 3 == 0) {
            throw Malformed.INSTANCE;
        }
        return tag;
    }

    long varint64() {
        byte octet = next();
        return octet >= 0 ? octet : longVarint(octet, true);
    }

    /// Whatever stands above 32 bits is dropped, as everywhere in protobuf.
    int varint32() {
        byte octet = next();
        return octet >= 0 ? octet : (int) longVarint(octet, false);
    }

    // protobuf-java ends a 64-bit number at its tenth byte when that byte is odd, even if it announces another one.
    // An eleventh byte would be read as the next field, so this is copied rather than corrected.
    private long longVarint(byte first, boolean oddEnds) {
        long value = first & 0x7f;
        byte octet = first;
        for (int shift = 7; shift < Long.SIZE; shift += 7) {
            octet = next();
            value |= (long) (octet & 0x7f) << shift;
            if (octet >= 0) {
                return value;
            }
        }
        if (oddEnds && (octet & 1) != 0) {
            return value;
        }
        throw Malformed.INSTANCE;
    }

    int fixed32() {
        need(Integer.BYTES);
        int value = Memory.ALL.get(JAVA_INT_UNALIGNED, position);
        position += Integer.BYTES;
        return value;
    }

    long fixed64() {
        need(Long.BYTES);
        long value = Memory.ALL.get(JAVA_LONG_UNALIGNED, position);
        position += Long.BYTES;
        return value;
    }

    /// Reads a length and leaves the cursor at the first of that many bytes.
    int length() {
        int length = varint32();
        if (length < 0 || length > end - position) {
            throw Malformed.INSTANCE;
        }
        return length;
    }

    void skipBytes(int count) {
        need(count);
        position += count;
    }

    /// Goes into a message of `length` bytes that begins here.
    ///
    /// @return what [#leave] takes back
    long enter(int length) {
        if (messageDepth >= MAX_DEPTH) {
            throw Malformed.INSTANCE;
        }
        messageDepth++;
        return narrow(length);
    }

    /// Only at the end of the message: a reader stops nowhere else.
    void leave(long outerEnd) {
        messageDepth--;
        end = outerEnd;
    }

    /// Bounds a packed list; [#widen] takes the result back.
    long narrow(int length) {
        long outerEnd = end;
        end = position + length;
        return outerEnd;
    }

    void widen(long outerEnd) {
        end = outerEnd;
    }

    /// Steps over a field that means nothing to its message.
    void skip(int tag) {
        skip(tag, 0);
    }

    private void skip(int tag, int groups) {
        switch (tag & 7) {
            case VARINT -> varint64();
            case FIXED64 -> skipBytes(Long.BYTES);
            case BYTES -> skipBytes(length());
            case START_GROUP -> skipGroup(tag >>> 3, groups);
            case FIXED32 -> skipBytes(Integer.BYTES);
            default -> throw Malformed.INSTANCE;
        }
    }

    private void skipGroup(int field, int groups) {
        if (messageDepth + groups >= MAX_DEPTH) {
            throw Malformed.INSTANCE;
        }
        while (true) {
            int tag = tag();
            if (tag == (field << 3 | END_GROUP)) {
                return;
            }
            if (tag == 0) {
                throw Malformed.INSTANCE;
            }
            skip(tag, groups + 1);
        }
    }

    /// Steps over such a field inside a map's entry. protobuf-java counts depth differently there: every field of a
    /// group counts, whatever it is.
    void skipInEntry(int tag) {
        skipInEntry(tag, 0);
    }

    private void skipInEntry(int tag, int groups) {
        if ((tag & 7) == VARINT) {
            varint32();
            return;
        }
        if ((tag & 7) != START_GROUP) {
            skip(tag, groups);
            return;
        }
        int last = (tag >>> 3) << 3 | END_GROUP;
        while (true) {
            int inner = tag();
            if (inner == 0 || messageDepth + groups >= MAX_DEPTH) {
                throw Malformed.INSTANCE;
            }
            if (inner == last) {
                return;
            }
            skipInEntry(inner, groups + 1);
        }
    }

    private byte next() {
        if (position >= end) {
            throw Malformed.INSTANCE;
        }
        return Memory.ALL.get(JAVA_BYTE, position++);
    }

    private void need(int count) {
        if (count > end - position) {
            throw Malformed.INSTANCE;
        }
    }
}
