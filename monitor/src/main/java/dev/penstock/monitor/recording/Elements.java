package dev.penstock.monitor.recording;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.penstock.core.DataType;
import dev.penstock.core.batching.Native;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Reads little-endian elements, `stride` bytes apart.
///
/// The loops of the usual float types are there twice: with the whole address space, a constant, the accesses
/// fold to plain ones.
final class Elements {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// Above what a signed number holds.
    private static final double TWO_TO_63 = 0x1p63;

    private Elements() {}

    /// As numbers.
    ///
    /// @param type with a fixed size
    static void numbers(DataType type, MemorySegment memory, long offset, long stride, int count, double[] into) {
        if (type == DataType.FP32) {
            if (memory.equals(Native.ALL)) {
                nativeFloats(offset, stride, count, into);
            } else {
                floats(memory, offset, stride, count, into);
            }
        } else if (type == DataType.FP64) {
            for (int i = 0; i < count; i++) {
                into[i] = memory.get(DOUBLE, offset + i * stride);
            }
        } else if (type == DataType.FP16 || type == DataType.BF16) {
            halves(type, memory, offset, stride, count, into);
        } else {
            for (int i = 0; i < count; i++) {
                long value = integer(type, memory, offset + i * stride);
                boolean large = type == DataType.UINT64 && value < 0;
                into[i] = large ? (double) (value & Long.MAX_VALUE) + TWO_TO_63 : (double) value;
            }
        }
    }

    private static void nativeFloats(long address, long stride, int count, double[] into) {
        for (int i = 0; i < count; i++) {
            into[i] = Native.ALL.get(FLOAT, address + i * stride);
        }
    }

    private static void floats(MemorySegment memory, long offset, long stride, int count, double[] into) {
        for (int i = 0; i < count; i++) {
            into[i] = memory.get(FLOAT, offset + i * stride);
        }
    }

    private static void halves(
            DataType type, MemorySegment memory, long offset, long stride, int count, double[] into) {
        for (int i = 0; i < count; i++) {
            short bits = memory.get(SHORT, offset + i * stride);
            into[i] = type == DataType.FP16 ? Float.float16ToFloat(bits) : Float.intBitsToFloat(bits << Short.SIZE);
        }
    }

    /// As integers.
    ///
    /// @param type an integer's, or BOOL; of UINT64 what is larger than a signed number holds comes out
    ///     negative
    static void integers(DataType type, MemorySegment memory, long offset, long stride, int count, long[] into) {
        for (int i = 0; i < count; i++) {
            into[i] = integer(type, memory, offset + i * stride);
        }
    }

    /// One of them.
    static long integer(DataType type, MemorySegment memory, long at) {
        return switch (type) {
            case BOOL, UINT8 -> memory.get(JAVA_BYTE, at) & 0xFFL;
            case INT8 -> memory.get(JAVA_BYTE, at);
            case UINT16 -> memory.get(SHORT, at) & 0xFFFFL;
            case INT16 -> memory.get(SHORT, at);
            case UINT32 -> memory.get(INT, at) & 0xFFFF_FFFFL;
            case INT32 -> memory.get(INT, at);
            case UINT64, INT64 -> memory.get(LONG, at);
            case FP16, BF16, FP32, FP64, BYTES ->
                throw new IllegalArgumentException("%s (expected: an integer type)".formatted(type));
        };
    }
}
