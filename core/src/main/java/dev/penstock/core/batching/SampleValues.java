package dev.penstock.core.batching;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.penstock.core.DataType;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/// What a model is tried with when nobody has asked it anything yet. The first that it accepts is used.
public enum SampleValues {
    /// Any bytes, zeros and ones of the larger integers, which are places in a table more often than not, and floats on
    /// both sides of zero.
    VARIED,
    /// Every integer is 1.
    ONES,
    ZEROS;

    /// Bits that a BF16 lacks to be a FP32.
    private static final int BF16_MISSING_BITS = 16;

    /// Fills `to` with elements of a fixed size. Nothing depends on what was there.
    ///
    /// @param magnitude of the floats
    public void fill(DataType type, MemorySegment to, double magnitude, SplittableRandom random) {
        if (this == ZEROS) {
            to.fill((byte) 0);
            return;
        }
        int size = type.byteSize();
        for (long at = 0; at < to.byteSize(); at += size) {
            put(type, to, at, magnitude, random);
        }
    }

    private void put(DataType type, MemorySegment to, long at, double magnitude, SplittableRandom random) {
        switch (type) {
            case BOOL -> to.set(JAVA_BYTE, at, (byte) bit(random));
            case INT8, UINT8 -> to.set(JAVA_BYTE, at, (byte) (this == VARIED ? random.nextInt() : 1));
            case INT16, UINT16 -> to.set(JAVA_SHORT_UNALIGNED, at, (short) bit(random));
            case INT32, UINT32 -> to.set(JAVA_INT_UNALIGNED, at, bit(random));
            case INT64, UINT64 -> to.set(JAVA_LONG_UNALIGNED, at, bit(random));
            case FP16 -> to.set(JAVA_SHORT_UNALIGNED, at, Float.floatToFloat16(real(magnitude, random)));
            case BF16 ->
                to.set(JAVA_SHORT_UNALIGNED, at, (short)
                        (Float.floatToRawIntBits(real(magnitude, random)) >>> BF16_MISSING_BITS));
            case FP32 -> to.set(JAVA_FLOAT_UNALIGNED, at, real(magnitude, random));
            case FP64 -> to.set(JAVA_DOUBLE_UNALIGNED, at, real(magnitude, random));
            case BYTES -> throw new IllegalArgumentException("BYTES (expected: a type of fixed size)");
        }
    }

    private int bit(SplittableRandom random) {
        return this == VARIED ? random.nextInt(2) : 1;
    }

    private static float real(double magnitude, SplittableRandom random) {
        return (float) random.nextDouble(-magnitude, magnitude);
    }
}
