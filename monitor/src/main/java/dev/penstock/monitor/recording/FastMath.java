package dev.penstock.monitor.recording;

/// Logarithm and exponential for counting: a few nanoseconds, and as exact as bins of any use ask for.
///
/// Both halve their argument's range with a table of 128 entries and leave the rest, less than 2^-8, to a short
/// series.
final class FastMath {
    /// Of [#ln], absolute, for normal positive numbers.
    static final double LN_ERROR = 2e-12;

    /// Of [#exp], relative.
    static final double EXP_ERROR = 1e-13;

    private static final int TABLE_BITS = 7;
    private static final int TABLE = 1 << TABLE_BITS;
    private static final int MANTISSA_BITS = 52;
    private static final long MANTISSA = (1L << MANTISSA_BITS) - 1;
    private static final long ONE = Double.doubleToRawLongBits(1);
    private static final int BIAS = Double.MAX_EXPONENT;

    private static final double LN2 = Math.log(2);
    private static final double STEPS_PER_NAT = TABLE / LN2;

    /// ln 2 / 128 in two parts: the first has room for the steps' number without rounding.
    private static final double STEP_HIGH = high(LN2 / TABLE);

    private static final double STEP_LOW = LN2 / TABLE - STEP_HIGH;

    /// Adding it leaves the nearest integer in the lowest bits.
    private static final double ROUNDER = 0x1.8p52;

    /// What the smallest normal number is the exponential of, about.
    private static final double LEAST_EXPONENT = -708;

    /// By table entry: the reciprocal of its middle, and the middle's logarithm.
    private static final double[] LN = lnTable();

    /// By table entry j: 2^(j/128).
    private static final double[] POWERS = powers();

    private FastMath() {}

    private static double high(double value) {
        return Double.longBitsToDouble(Double.doubleToRawLongBits(value) & (-1L << 27));
    }

    private static double[] lnTable() {
        double[] table = new double[2 * TABLE];
        for (int i = 0; i < TABLE; i++) {
            double middle = 1 + (i + 0.5) / TABLE;
            table[2 * i] = 1 / middle;
            // Of the reciprocal as it was rounded, so that both agree.
            table[2 * i + 1] = -Math.log(table[2 * i]);
        }
        return table;
    }

    private static double[] powers() {
        double[] table = new double[TABLE];
        for (int i = 0; i < TABLE; i++) {
            table[i] = Math.pow(2, i / (double) TABLE);
        }
        return table;
    }

    /// The natural logarithm, within [#LN_ERROR].
    ///
    /// @param x positive, finite and normal; of others the result means nothing
    static double ln(double x) {
        long bits = Double.doubleToRawLongBits(x);
        int exponent = (int) (bits >>> MANTISSA_BITS) - BIAS;
        int entry = 2 * (int) ((bits >>> (MANTISSA_BITS - TABLE_BITS)) & (TABLE - 1));
        double mantissa = Double.longBitsToDouble((bits & MANTISSA) | ONE);
        double r = mantissa * LN[entry] - 1;
        // ln(1+r) up to r^4: the rest is below |r|^5 / 5 = 2e-13.
        double series = r * (1 + r * (-0.5 + r * (1.0 / 3 - 0.25 * r)));
        return exponent * LN2 + (LN[entry + 1] + series);
    }

    /// The exponential of a number that is not positive, within [#EXP_ERROR]; 0 where that is less than 1e-307.
    ///
    /// @param x at most 0, not NaN
    static double exp(double x) {
        if (x < LEAST_EXPONENT) {
            return 0;
        }
        double rounded = x * STEPS_PER_NAT + ROUNDER;
        int steps = (int) Double.doubleToRawLongBits(rounded);
        double whole = rounded - ROUNDER;
        double r = x - whole * STEP_HIGH - whole * STEP_LOW;
        // Up to r^4: the rest is below |r|^5 / 120 = 4e-15, relative.
        double series = 1 + r * (1 + r * (0.5 + r * (1.0 / 6 + r * (1.0 / 24))));
        double scale = Double.longBitsToDouble((long) ((steps >> TABLE_BITS) + BIAS) << MANTISSA_BITS);
        return POWERS[steps & (TABLE - 1)] * series * scale;
    }
}
