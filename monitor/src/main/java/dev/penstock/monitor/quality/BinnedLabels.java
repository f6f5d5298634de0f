package dev.penstock.monitor.quality;

import dev.penstock.core.Check;
import dev.penstock.monitor.statistics.IsotonicCalibration;

/// Labels by the chance that was given to them, in twenty bins of equal width, each closed at the right as
/// those
/// of recorded scores. Counts add up over replicas. Not thread-safe.
public final class BinnedLabels {
    public static final int BINS = 20;

    private final long[] hits;
    private final long[] totals;
    private final double[] chances;

    public BinnedLabels() {
        this(new long[BINS], new long[BINS], new double[BINS]);
    }

    private BinnedLabels(long[] hits, long[] totals, double[] chances) {
        this.hits = hits;
        this.totals = totals;
        this.chances = chances;
    }

    /// As they were counted elsewhere.
    ///
    /// @param hits labels that came true, by bin, at most as many as there were
    /// @param totals labels, by bin
    public static BinnedLabels of(long[] hits, long[] totals) {
        Check.argument(hits.length == BINS, "hits: %d bins (expected: %d)", hits.length, BINS);
        Check.argument(totals.length == BINS, "labels: %d bins (expected: %d)", totals.length, BINS);
        double[] chances = new double[BINS];
        for (int i = 0; i < BINS; i++) {
            Check.argument(
                    hits[i] >= 0 && hits[i] <= totals[i], "bin %d: %d hits (expected: 0..%d)", i, hits[i], totals[i]);
            // Of single chances nothing is known here.
            chances[i] = (double) totals[i] * (i + 0.5) / BINS;
        }
        return new BinnedLabels(hits.clone(), totals.clone(), chances);
    }

    /// The bin of a chance.
    public static int bin(double chance) {
        return Math.clamp((int) Math.ceil(chance * BINS) - 1, 0, BINS - 1);
    }

    /// @param chance that was given to it, 0 to 1
    /// @param hit whether it came true
    void add(double chance, boolean hit) {
        int bin = bin(chance);
        hits[bin] += hit ? 1 : 0;
        totals[bin]++;
        chances[bin] += chance;
    }

    void add(BinnedLabels other) {
        for (int i = 0; i < BINS; i++) {
            hits[i] += other.hits[i];
            totals[i] += other.totals[i];
            chances[i] += other.chances[i];
        }
    }

    public long total() {
        long total = 0;
        for (long count : totals) {
            total += count;
        }
        return total;
    }

    public long[] hits() {
        return hits.clone();
    }

    public long[] totals() {
        return totals.clone();
    }

    /// How likely a label of each bin comes true, never falling as the chance rises. There must be a label.
    public double[] calibration() {
        return IsotonicCalibration.fit(hits, totals);
    }

    double calibrationError() {
        return ProbabilityErrors.calibrationError(hits, totals, chances);
    }

    ScoreLabels byScore() {
        long[] misses = new long[BINS];
        for (int i = 0; i < BINS; i++) {
            misses[i] = totals[i] - hits[i];
        }
        return ScoreLabels.counted(hits, misses);
    }
}
