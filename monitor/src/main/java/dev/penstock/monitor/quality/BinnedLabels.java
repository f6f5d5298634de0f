package dev.penstock.monitor.quality;

import dev.penstock.core.Check;
import dev.penstock.monitor.statistics.IsotonicCalibration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Labels by the chance that was given to them, in twenty bins of equal width, each closed at the right as
/// those of recorded scores; and where it was asked for, in finer ones beside them. Counts add up over
/// replicas. Not thread-safe.
public final class BinnedLabels {
    public static final int BINS = 20;

    private final long[] hits;
    private final long[] totals;
    private final double[] chances;

    /// Null if nobody asked for it, or some were counted elsewhere without it: finer bins hold all labels or
    /// none.
    private @Nullable FineLabels fine;

    /// In twenty bins.
    public BinnedLabels() {
        this(null);
    }

    private BinnedLabels(@Nullable FineLabels fine) {
        this(new long[BINS], new long[BINS], new double[BINS], fine);
    }

    private BinnedLabels(long[] hits, long[] totals, double[] chances, @Nullable FineLabels fine) {
        this.hits = hits;
        this.totals = totals;
        this.chances = chances;
        this.fine = fine;
    }

    /// In finer ones, too.
    static BinnedLabels fine() {
        return new BinnedLabels(new FineLabels());
    }

    /// As they were counted elsewhere.
    ///
    /// @param hits labels that came true, by bin, at most as many as there were
    /// @param totals labels, by bin
    public static BinnedLabels of(long[] hits, long[] totals) {
        return of(hits, totals, new FineLabels());
    }

    /// The same with finer bins, which are left out unless they hold the same labels.
    public static BinnedLabels of(long[] hits, long[] totals, FineLabels fine) {
        Check.argument(hits.length == BINS, "hits: %d bins (expected: %d)", hits.length, BINS);
        Check.argument(totals.length == BINS, "labels: %d bins (expected: %d)", totals.length, BINS);
        double[] chances = new double[BINS];
        for (int i = 0; i < BINS; i++) {
            Check.argument(
                    hits[i] >= 0 && hits[i] <= totals[i], "bin %d: %d hits (expected: 0..%d)", i, hits[i], totals[i]);
            // Of single chances nothing is known here.
            chances[i] = (double) totals[i] * (i + 0.5) / BINS;
        }
        return new BinnedLabels(hits.clone(), totals.clone(), chances, holds(fine, hits, totals) ? fine : null);
    }

    private static boolean holds(FineLabels fine, long[] hits, long[] totals) {
        return !fine.isEmpty() && sum(fine.hits()) == sum(hits) && sum(fine.totals()) == sum(totals);
    }

    private static long sum(long[] counts) {
        return Arrays.stream(counts).sum();
    }

    /// The bin of a chance.
    static int bin(double chance) {
        return Math.clamp((int) Math.ceil(chance * BINS) - 1, 0, BINS - 1);
    }

    /// @param chance that was given to it, 0 to 1
    /// @param hit whether it came true
    void add(double chance, boolean hit) {
        int bin = bin(chance);
        hits[bin] += hit ? 1 : 0;
        totals[bin]++;
        chances[bin] += chance;
        if (fine != null) {
            fine.add(chance, hit);
        }
    }

    void add(BinnedLabels other) {
        for (int i = 0; i < BINS; i++) {
            hits[i] += other.hits[i];
            totals[i] += other.totals[i];
            chances[i] += other.chances[i];
        }
        if (fine != null && other.fine != null) {
            fine.add(other.fine);
        } else if (other.total() > 0) {
            fine = null;
        }
    }

    /// That finer bins take now.
    long fineBytes() {
        return fine == null ? 0 : fine.bytes();
    }

    public long total() {
        return sum(totals);
    }

    public long[] hits() {
        return hits.clone();
    }

    public long[] totals() {
        return totals.clone();
    }

    /// By finer bins; empty if nobody counted by them.
    public FineLabels finer() {
        return fine == null ? new FineLabels() : fine;
    }

    /// How likely a label comes true by its chance. There must be a label.
    public Calibration calibration() {
        return fine == null
                ? new Calibration(IsotonicCalibration.fit(hits, totals), false)
                : new Calibration(fine.calibration(), true);
    }

    double calibrationError() {
        return ProbabilityErrors.calibrationError(hits, totals, chances);
    }

    ScoreLabels byScore() {
        if (fine != null) {
            return fine.byScore();
        }
        long[] misses = new long[BINS];
        for (int i = 0; i < BINS; i++) {
            misses[i] = totals[i] - hits[i];
        }
        return ScoreLabels.counted(hits, misses);
    }
}
