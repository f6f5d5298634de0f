package dev.penstock.monitor.drift;

import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Feature;

/// Ways to see the bins of a feature.
final class Bins {
    /// As many as there are to be of a fine histogram; of fewer, each may be a value of its own.
    private static final int MOST_COARSE = 10;

    private Bins() {}

    /// Two neighbours in one, what is below and above the range with the first and the last: half as many,
    /// each with twice the count, as the population stability index wants them. Few bins stay as they are,
    /// for what is out of range would be hidden in the only bins that there are.
    ///
    /// @param bins below the range, in it, above it
    static long[] coarse(long[] bins) {
        int inside = bins.length - 2;
        if (inside <= MOST_COARSE) {
            return bins.clone();
        }
        long[] coarse = new long[(inside + 1) / 2];
        for (int i = 0; i < inside; i++) {
            coarse[i / 2] += bins[i + 1];
        }
        coarse[0] += bins[0];
        coarse[coarse.length - 1] += bins[bins.length - 1];
        return coarse;
    }

    /// What is known beyond those that are counted for themselves, and then those.
    static long[] known(Feature.Categorical feature, Cumulative cumulative) {
        long[] kept = cumulative.categories(feature);
        long[] known = new long[kept.length + 1];
        known[0] = cumulative.count(feature, Feature.Categorical.OTHER);
        System.arraycopy(kept, 0, known, 1, kept.length);
        return known;
    }

    static long total(long[] counts) {
        long total = 0;
        for (long count : counts) {
            total += count;
        }
        return total;
    }
}
