package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.core.DataType;
import java.lang.foreign.MemorySegment;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class RowDifferenceTest {
    private static final Offset<Double> ROUNDING = within(1e-9);

    @Test
    void floatsAreMeasuredAgainstTheLargestOfTheirRow() {
        assertThat(difference(0, new float[] {0.001f, -2}, new float[] {0.003f, -2}))
                .isEqualTo(0.001, ROUNDING);
    }

    @Test
    void orAgainstATenthOfTheLargestOfAnyRow() {
        assertThat(difference(100, new float[] {1}, new float[] {2})).isEqualTo(0.1, ROUNDING);
    }

    @Test
    void notANumberEqualsItselfOnly() {
        float nan = Float.NaN;
        float infinite = Float.POSITIVE_INFINITY;

        assertThat(difference(1, new float[] {nan, infinite}, new float[] {nan, infinite}))
                .isZero();
        assertThat(difference(1, new float[] {nan, 1}, new float[] {1, 1})).isEqualTo(1);
        assertThat(difference(1, new float[] {infinite, 1}, new float[] {-infinite, 1}))
                .isEqualTo(1);
    }

    @Test
    void anyDifferenceBetweenIntegersIsAWholeOne() {
        MemorySegment large = MemorySegment.ofArray(new long[] {1L << 60});
        MemorySegment larger = MemorySegment.ofArray(new long[] {(1L << 60) + 1});

        assertThat(RowDifference.largest(DataType.INT64, large, larger, 0)).isEqualTo(1);
        assertThat(RowDifference.largest(DataType.INT64, large, large, 0)).isZero();
        assertThat(RowDifference.magnitude(DataType.INT64, large)).isZero();
    }

    @Test
    void halfPrecisionMayRound() {
        assertThat(halves(1, 1 + 0x1p-10f)).isZero();
        assertThat(halves(1, 1.25f)).isGreaterThan(0.2);
    }

    private static double difference(double largestMagnitude, float[] expected, float[] actual) {
        return RowDifference.largest(
                DataType.FP32, MemorySegment.ofArray(expected), MemorySegment.ofArray(actual), largestMagnitude);
    }

    private static double halves(float expected, float actual) {
        return RowDifference.largest(
                DataType.FP16,
                MemorySegment.ofArray(new short[] {Float.floatToFloat16(expected)}),
                MemorySegment.ofArray(new short[] {Float.floatToFloat16(actual)}),
                0);
    }
}
