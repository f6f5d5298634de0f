package dev.penstock.monitor.statistics;

import dev.penstock.core.Check;

/// The Wasserstein-1 (earth mover's) distance of two histograms that also keep the sum of each slot's values.
public final class Wasserstein {
    private Wasserstein() {}

    /// The integral of |F - G| where each slot's values all lie at that slot's own mean, baseline and window
    /// each at their own: so it is right for what lies out of range as well, however far. In the unit of the
    /// values; divide by the baseline's standard deviation to compare features. NaN if a sum is not finite.
    ///
    /// @param baseline counts by slot, slots in ascending order of their values
    /// @param baselineSums sums of the values in each slot
    /// @param window counts of the same slots
    /// @param windowSums sums of the values in each slot
    public static double distance(long[] baseline, double[] baselineSums, long[] window, double[] windowSums) {
        Counts.checkPair(baseline, window);
        checkLength("baselineSums", baselineSums, baseline);
        checkLength("windowSums", windowSums, window);
        if (!finite(baselineSums) || !finite(windowSums)) {
            return Double.NaN;
        }
        double m = (double) Counts.total(baseline);
        double n = (double) Counts.total(window);
        int left = next(baseline, 0);
        int right = next(window, 0);
        long leftBelow = 0;
        long rightBelow = 0;
        double at = Math.min(mean(baseline, baselineSums, left), mean(window, windowSums, right));
        double area = 0;
        while (left < baseline.length || right < window.length) {
            double leftMean = mean(baseline, baselineSums, left);
            double rightMean = mean(window, windowSums, right);
            double mean = Math.min(leftMean, rightMean);
            area += Math.abs((double) leftBelow / m - (double) rightBelow / n) * (mean - at);
            at = mean;
            if (leftMean <= rightMean) {
                leftBelow += baseline[left];
                left = next(baseline, left + 1);
            } else {
                rightBelow += window[right];
                right = next(window, right + 1);
            }
        }
        return area;
    }

    private static void checkLength(String name, double[] sums, long[] counts) {
        Check.argument(sums.length == counts.length, "%s: %d (expected: %d)", name, sums.length, counts.length);
    }

    private static boolean finite(double[] sums) {
        for (double sum : sums) {
            if (!Double.isFinite(sum)) {
                return false;
            }
        }
        return true;
    }

    /// The first slot from there on that is not empty.
    private static int next(long[] counts, int from) {
        int slot = from;
        while (slot < counts.length && counts[slot] == 0) {
            slot++;
        }
        return slot;
    }

    private static double mean(long[] counts, double[] sums, int slot) {
        return slot == counts.length ? Double.POSITIVE_INFINITY : sums[slot] / (double) counts[slot];
    }
}
