package dev.penstock.router.shadow;

import dev.penstock.core.Check;
import java.util.Arrays;

/// The classes of differences between two numbers, the same for ever, so that counts are added: equal, then
/// two to each decade from 1e-9 to 1e9, and what is larger or no number. Pure.
public final class DifferenceScale {
    private static final int PER_DECADE = 2;
    private static final int FIRST_EXPONENT = -9;
    private static final int LAST_EXPONENT = 9;

    /// How many there are.
    public static final int CLASSES = (LAST_EXPONENT - FIRST_EXPONENT) * PER_DECADE + 3;

    private static final double[] UPPER = new double[CLASSES];

    static {
        for (int i = 1; i < CLASSES - 1; i++) {
            UPPER[i] = StrictMath.pow(10, FIRST_EXPONENT + (double) (i - 1) / PER_DECADE);
        }
        UPPER[CLASSES - 1] = Double.POSITIVE_INFINITY;
    }

    private DifferenceScale() {}

    /// @param difference at least 0, or NaN
    public static int classOf(double difference) {
        Check.argument(!(difference < 0), "difference: %s (expected: >= 0)", difference);
        if (difference == 0) {
            return 0;
        }
        int found = Arrays.binarySearch(UPPER, difference);
        return Math.min(found < 0 ? -found - 1 : found, CLASSES - 1);
    }

    /// The largest difference of a class, which belongs to it; infinity for the last.
    public static double upper(int index) {
        return UPPER[index];
    }
}
