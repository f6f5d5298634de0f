package dev.penstock.core.batching;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.penstock.core.DataType;
import java.lang.foreign.MemorySegment;

/// How far apart two answers to the same row are.
///
/// Floats are measured against the largest magnitude of their row, or a tenth of the largest of any row where
/// that is more: an element, or a row, whose terms happen to cancel out says nothing about rounding. Two
/// units in the last place of the half-precision types are rounding. Any other difference, of a type without
/// fractions, or between a number and none, counts as 1.
final class RowDifference {
    private static final double ANY = 1;
    private static final double OTHER_ROWS_WEIGHT = 0.1;
    private static final double LEAST_SCALE = 1e-6;

    private static final double FP16_ROUNDING = 2 * 0x1p-10;
    private static final double BF16_ROUNDING = 2 * 0x1p-7;

    private RowDifference() {}

    /// The largest magnitude of a finite element; 0 for a type without fractions.
    static double magnitude(DataType type, MemorySegment row) {
        double largest = 0;
        if (isReal(type)) {
            for (long at = 0; at < row.byteSize(); at += type.byteSize()) {
                double value = Math.abs(real(type, row, at));
                largest = Double.isFinite(value) ? Math.max(largest, value) : largest;
            }
        }
        return largest;
    }

    /// The largest difference of any element.
    ///
    /// @param expected the answer to the row alone
    /// @param actual of the same size
    /// @param largestMagnitude of any answer
    static double largest(DataType type, MemorySegment expected, MemorySegment actual, double largestMagnitude) {
        if (!isReal(type)) {
            return expected.mismatch(actual) < 0 ? 0 : ANY;
        }
        double scale = Math.max(magnitude(type, expected), OTHER_ROWS_WEIGHT * largestMagnitude);
        double largest = 0;
        for (long at = 0; at < expected.byteSize(); at += type.byteSize()) {
            double difference = difference(real(type, expected, at), real(type, actual, at), scale);
            largest = Math.max(largest, difference - rounding(type));
        }
        return largest;
    }

    private static double difference(double expected, double actual, double scale) {
        if (Double.compare(expected, actual) == 0) {
            return 0;
        }
        double difference = Math.abs(expected - actual);
        return Double.isFinite(difference) ? difference / Math.max(scale, LEAST_SCALE) : ANY;
    }

    private static boolean isReal(DataType type) {
        return type == DataType.FP16 || type == DataType.BF16 || type == DataType.FP32 || type == DataType.FP64;
    }

    private static double rounding(DataType type) {
        return switch (type) {
            case FP16 -> FP16_ROUNDING;
            case BF16 -> BF16_ROUNDING;
            default -> 0;
        };
    }

    private static double real(DataType type, MemorySegment row, long at) {
        return switch (type) {
            case FP16 -> Float.float16ToFloat(row.get(JAVA_SHORT_UNALIGNED, at));
            case BF16 -> Float.intBitsToFloat(row.get(JAVA_SHORT_UNALIGNED, at) << Short.SIZE);
            case FP32 -> row.get(JAVA_FLOAT_UNALIGNED, at);
            case FP64 -> row.get(JAVA_DOUBLE_UNALIGNED, at);
            default -> throw new IllegalArgumentException(type + " (expected: a type with fractions)");
        };
    }
}
