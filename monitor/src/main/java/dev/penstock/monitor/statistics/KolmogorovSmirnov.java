package dev.penstock.monitor.statistics;

import dev.penstock.core.Check;

/// The two-sample Kolmogorov-Smirnov test on histograms.
///
/// The distribution functions are compared at the edges between slots, where they are known exactly, so the
/// distance is at most that of the values themselves and the test errs on the side of no drift. P-value:
/// Stephens, Use of the Kolmogorov-Smirnov, Cramer-von Mises and related statistics without extensive tables
/// (1970).
///
/// @param distance largest difference of the two distribution functions at an edge, 0 to 1
/// @param baselineCount m, positive
/// @param windowCount n, positive
public record KolmogorovSmirnov(double distance, long baselineCount, long windowCount) {
    public KolmogorovSmirnov {
        Check.argument(distance >= 0 && distance <= 1, "distance: %s (expected: 0..1)", distance);
        Check.argument(baselineCount >= 1, "baselineCount: %d (expected: >= 1)", baselineCount);
        Check.argument(windowCount >= 1, "windowCount: %d (expected: >= 1)", windowCount);
    }

    /// @param baseline counts by slot, slots in ascending order of their values
    /// @param window counts of the same slots
    public static KolmogorovSmirnov of(long[] baseline, long[] window) {
        Counts.checkPair(baseline, window);
        long m = Counts.total(baseline);
        long n = Counts.total(window);
        long below = 0;
        long windowBelow = 0;
        double largest = 0;
        for (int i = 0; i < baseline.length; i++) {
            below += baseline[i];
            windowBelow += window[i];
            double difference = (double) below / (double) m - (double) windowBelow / (double) n;
            largest = Math.max(largest, Math.abs(difference));
        }
        return new KolmogorovSmirnov(largest, m, n);
    }

    /// How likely a distance as large as this is if nothing drifted.
    public double pValue() {
        return Kolmogorov.survival(argument());
    }

    /// ln of [#pValue].
    public double logPValue() {
        return Kolmogorov.logSurvival(argument());
    }

    private double argument() {
        double m = (double) baselineCount;
        double n = (double) windowCount;
        double root = Math.sqrt(m / (m + n) * n);
        return (root + 0.12 + 0.11 / root) * distance;
    }
}
