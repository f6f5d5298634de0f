package dev.penstock.core;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.function.LongBinaryOperator;

/// MurmurHash3_x64_128 with seed 0, by Austin Appleby (public domain). Allocates nothing.
public final class Murmur3 {
    private static final ValueLayout.OfLong LITTLE_LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final long C1 = 0x87c37b91114253d5L;
    private static final long C2 = 0x4cf5ad432745937fL;

    private Murmur3() {}

    private static long first(long first, @SuppressWarnings("unused") long second) {
        return first;
    }

    /// The first half.
    public static long hash(byte[] bytes) {
        return hash(MemorySegment.ofArray(bytes), 0, bytes.length);
    }

    /// The first half.
    public static long hash(MemorySegment memory, long offset, int length) {
        return hash(memory, offset, length, Murmur3::first);
    }

    /// What `end` makes of both halves.
    public static long hash(MemorySegment memory, long offset, int length, LongBinaryOperator end) {
        return hash(memory, offset, length, 0, end);
    }

    static long hash(MemorySegment memory, long offset, int length, long seed, LongBinaryOperator end) {
        long h1 = seed;
        long h2 = seed;
        int blocks = length >>> 4;
        for (int i = 0; i < blocks; i++) {
            long at = offset + 16L * i;
            h1 ^= scramble1(memory.get(LITTLE_LONG, at));
            h1 = Long.rotateLeft(h1, 27) + h2;
            h1 = h1 * 5 + 0x52dce729;
            h2 ^= scramble2(memory.get(LITTLE_LONG, at + 8));
            h2 = Long.rotateLeft(h2, 31) + h1;
            h2 = h2 * 5 + 0x38495ab5;
        }
        long tail = offset + 16L * blocks;
        int left = length & 15;
        h2 ^= scramble2(bytes(memory, tail + 8, left - 8));
        h1 ^= scramble1(bytes(memory, tail, Math.min(left, 8)));
        h1 ^= length;
        h2 ^= length;
        h1 += h2;
        h2 += h1;
        h1 = mix(h1);
        h2 = mix(h2);
        h1 += h2;
        h2 += h1;
        return end.applyAsLong(h1, h2);
    }

    private static long bytes(MemorySegment memory, long offset, int count) {
        long value = 0;
        for (int i = 0; i < count; i++) {
            value |= (memory.get(JAVA_BYTE, offset + i) & 0xFFL) << (8 * i);
        }
        return value;
    }

    private static long scramble1(long k) {
        return Long.rotateLeft(k * C1, 31) * C2;
    }

    private static long scramble2(long k) {
        return Long.rotateLeft(k * C2, 33) * C1;
    }

    /// Its last step, which alone spreads a number's bits.
    public static long mix(long value) {
        long k = value;
        k = (k ^ (k >>> 33)) * 0xff51afd7ed558ccdL;
        k = (k ^ (k >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return k ^ (k >>> 33);
    }
}
