package dev.penstock.monitor.statistics;

import dev.penstock.core.Check;

/// Two one-sided cumulative sums for small, lasting shifts of a mean. Immutable.
///
/// Of standardised values z: up = max(0, up + z - k), down = max(0, down - z - k). Source: Page, Continuous
/// inspection schemes (1954). Fastest for a shift of 2 k.
///
/// @param allowance k, in standard deviations, positive
/// @param up evidence for a larger mean, not negative
/// @param down evidence for a smaller one, not negative
public record Cusum(double allowance, double up, double down) {
    public static final double DEFAULT_ALLOWANCE = 0.5;
    public static final double DEFAULT_THRESHOLD = 5;

    /// How much further a sum is than the threshold when it passes it, on average, twice.
    private static final double OVERSHOOT = 1.166;

    public Cusum {
        Check.argument(allowance > 0, "allowance: %s (expected: > 0)", allowance);
        Check.argument(up >= 0, "up: %s (expected: >= 0)", up);
        Check.argument(down >= 0, "down: %s (expected: >= 0)", down);
    }

    public static Cusum start(double allowance) {
        return new Cusum(allowance, 0, 0);
    }

    /// After one more value.
    ///
    /// @param z standardised by the baseline's mean and the standard deviation of what is watched; finite
    public Cusum next(double z) {
        Check.argument(Double.isFinite(z), "z: %s (expected: finite)", z);
        return new Cusum(allowance, Math.max(0, up + z - allowance), Math.max(0, down - z - allowance));
    }

    /// The larger of both sums, to be held against the threshold.
    public double level() {
        return Math.max(up, down);
    }

    /// How many values pass on average before one of the two sums reaches the threshold by chance: half of
    /// what Siegmund (Sequential Analysis, 1985) has for one.
    ///
    /// @param threshold h, in standard deviations, not negative
    /// @param allowance k, in standard deviations, positive
    public static double averageRunLength(double threshold, double allowance) {
        return oneSidedRunLength(threshold, allowance) / 2;
    }

    /// (exp(2 k b) - 2 k b - 1) / (2 k^2) with b = h + 1.166.
    static double oneSidedRunLength(double threshold, double allowance) {
        Check.argument(threshold >= 0, "threshold: %s (expected: >= 0)", threshold);
        Check.argument(allowance > 0, "allowance: %s (expected: > 0)", allowance);
        double exponent = 2 * allowance * (threshold + OVERSHOOT);
        return (Math.expm1(exponent) - exponent) / (2 * allowance * allowance);
    }

    /// The threshold that one of the two sums reaches by chance after so many values on average.
    ///
    /// @param runLength larger than that of a threshold of zero, and finite
    public static double thresholdFor(double runLength, double allowance) {
        double least = averageRunLength(0, allowance);
        Check.argument(
                runLength > least && runLength < 1e300, "runLength: %s (expected: > %s, < 1e300)", runLength, least);
        double low = 0;
        double high = 1;
        while (averageRunLength(high, allowance) < runLength) {
            high *= 2;
        }
        double middle = (low + high) / 2;
        while (low < middle && middle < high) {
            if (averageRunLength(middle, allowance) < runLength) {
                low = middle;
            } else {
                high = middle;
            }
            middle = (low + high) / 2;
        }
        return high;
    }
}
