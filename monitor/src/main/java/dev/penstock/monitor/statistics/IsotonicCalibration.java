package dev.penstock.monitor.statistics;

import dev.penstock.core.Check;
import java.util.Arrays;

/// How often the label is positive, by score bin, as the best fit that never falls as the score rises.
///
/// By pooling adjacent violators (Ayer et al. 1955; Barlow et al., Statistical Inference under Order
/// Restrictions, 1972), each bin weighted with its count.
public final class IsotonicCalibration {
    private IsotonicCalibration() {}

    /// @param positives labels that were positive, by score bin, bins in ascending order
    /// @param totals labels, by score bin; at least one over all bins
    /// @return the fitted share by bin; in a bin without labels the mean of the nearest bins with labels, on
    ///     either side
    public static double[] fit(long[] positives, long[] totals) {
        Check.argument(
                positives.length == totals.length, "positives: %d (expected: %d)", positives.length, totals.length);
        Check.argument(Counts.total(totals) > 0, "totals: no labels (expected: at least one)");
        double[] fitted = new double[totals.length];
        double[] blockPositives = new double[totals.length];
        double[] blockTotals = new double[totals.length];
        int[] blockEnds = new int[totals.length];
        int blocks = 0;
        for (int i = 0; i < totals.length; i++) {
            Check.argument(
                    positives[i] >= 0 && positives[i] <= totals[i],
                    "positives: %d (expected: 0..%d)",
                    positives[i],
                    totals[i]);
            if (totals[i] > 0) {
                blockPositives[blocks] = (double) positives[i];
                blockTotals[blocks] = (double) totals[i];
                blockEnds[blocks] = i;
                blocks = merged(blockPositives, blockTotals, blockEnds, blocks + 1);
            }
        }
        spread(blockPositives, blockTotals, blockEnds, blocks, fitted);
        fillGaps(fitted, totals);
        return fitted;
    }

    private static void spread(double[] positives, double[] totals, int[] ends, int blocks, double[] fitted) {
        int from = 0;
        for (int block = 0; block < blocks; block++) {
            Arrays.fill(fitted, from, ends[block] + 1, positives[block] / totals[block]);
            from = ends[block] + 1;
        }
    }

    /// Puts the last blocks together as long as their shares fall.
    private static int merged(double[] positives, double[] totals, int[] ends, int blocks) {
        int last = blocks - 1;
        while (last > 0 && positives[last - 1] * totals[last] >= positives[last] * totals[last - 1]) {
            positives[last - 1] += positives[last];
            totals[last - 1] += totals[last];
            ends[last - 1] = ends[last];
            last--;
        }
        return last + 1;
    }

    private static void fillGaps(double[] fitted, long[] totals) {
        int left = -1;
        for (int i = 0; i < fitted.length; i++) {
            if (totals[i] > 0) {
                left = i;
                continue;
            }
            int right = i;
            while (right < fitted.length && totals[right] == 0) {
                right++;
            }
            double below = left < 0 ? fitted[right] : fitted[left];
            double above = right == fitted.length ? below : fitted[right];
            fitted[i] = (below + above) / 2;
        }
    }
}
