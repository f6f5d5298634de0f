package dev.penstock.loadtest.soak;

import java.util.Arrays;

/// How fast numbers that follow each other grow, by Theil and Sen: the median of the slopes between all
/// pairs. A few outliers do not move it.
///
/// @param perStep the slope
/// @param low with `high` the interval that holds the slope with 95 % confidence (Sen), for noise that is
///     independent from step to step
record Slope(double perStep, double low, double high) {
    private static final double NORMAL = 1.96;

    /// @param values at least two
    static Slope of(double... values) {
        int n = values.length;
        if (n < 2) {
            throw new IllegalArgumentException("values: " + n + " (expected: >= 2)");
        }
        double[] slopes = new double[n * (n - 1) / 2];
        int at = 0;
        for (int i = 0; i < n; i++) {
            for (int j = i + 1; j < n; j++) {
                slopes[at++] = (values[j] - values[i]) / (double) (j - i);
            }
        }
        Arrays.sort(slopes);
        double count = (double) n;
        double reach = NORMAL * Math.sqrt(count * (count - 1) * (2 * count + 5) / 18);
        int low = (int) Math.floor(((double) at - reach) / 2);
        return new Slope(median(slopes), slopes[Math.max(0, low)], slopes[Math.min(at - 1, at - 1 - low)]);
    }

    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
