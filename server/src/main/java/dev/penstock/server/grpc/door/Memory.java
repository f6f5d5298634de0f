package dev.penstock.server.grpc.door;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.penstock.core.batching.Native;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// Native memory by address. Nothing is checked: whoever calls knows that the bytes are there.
final class Memory {
    /// The whole address space, whose offsets are addresses.
    static final MemorySegment ALL = Native.ALL;

    private Memory() {}

    static byte byteAt(long address) {
        return ALL.get(JAVA_BYTE, address);
    }

    static void copy(long from, long to, long bytes) {
        Native.copy(from, to, bytes);
    }

    static void copy(long from, byte[] to, int at, int bytes) {
        MemorySegment.copy(ALL, JAVA_BYTE, from, to, at, bytes);
    }

    static String utf8(long address, int bytes) {
        byte[] copy = new byte[bytes];
        copy(address, copy, 0, bytes);
        return new String(copy, StandardCharsets.UTF_8);
    }

    static boolean same(long a, long b, long bytes) {
        long words = bytes >>> 3 << 3;
        for (long i = 0; i < words; i += Long.BYTES) {
            if (ALL.get(JAVA_LONG_UNALIGNED, a + i) != ALL.get(JAVA_LONG_UNALIGNED, b + i)) {
                return false;
            }
        }
        for (long i = words; i < bytes; i++) {
            if (byteAt(a + i) != byteAt(b + i)) {
                return false;
            }
        }
        return true;
    }

    static boolean same(long address, int bytes, byte[] expected) {
        if (bytes != expected.length) {
            return false;
        }
        for (int i = 0; i < bytes; i++) {
            if (byteAt(address + i) != expected[i]) {
                return false;
            }
        }
        return true;
    }
}
