package dev.penstock.server.monitoring;

import dev.penstock.core.Check;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Feature;
import java.util.Arrays;

/// What was counted of one feature, by its slots. Immutable.
final class FeatureCounts {
    private final long[] counts;
    private final double[] sums;

    private FeatureCounts(long[] counts, double[] sums) {
        this.counts = counts;
        this.sums = sums;
    }

    /// @param counts not negative
    /// @param sums as many
    static FeatureCounts of(long[] counts, double[] sums) {
        Check.argument(counts.length == sums.length, "%d counts and %d sums", counts.length, sums.length);
        for (int i = 0; i < counts.length; i++) {
            Check.argument(counts[i] >= 0, "count %d: %d (expected: >= 0)", i, counts[i]);
            Check.argument(Double.isFinite(sums[i]), "sum %d: %s (expected: finite)", i, sums[i]);
        }
        return new FeatureCounts(counts.clone(), sums.clone());
    }

    static FeatureCounts of(Cumulative cumulative, Feature feature) {
        long[] counts = new long[feature.slots()];
        double[] sums = new double[feature.slots()];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = cumulative.count(feature.firstSlot() + i);
            sums[i] = cumulative.sum(feature.firstSlot() + i);
        }
        return new FeatureCounts(counts, sums);
    }

    int slots() {
        return counts.length;
    }

    long count(int slot) {
        return counts[slot];
    }

    double sum(int slot) {
        return sums[slot];
    }

    long total() {
        return Arrays.stream(counts).sum();
    }

    void copy(Feature feature, long[] allCounts, double[] allSums) {
        System.arraycopy(counts, 0, allCounts, feature.firstSlot(), counts.length);
        System.arraycopy(sums, 0, allSums, feature.firstSlot(), sums.length);
    }
}
