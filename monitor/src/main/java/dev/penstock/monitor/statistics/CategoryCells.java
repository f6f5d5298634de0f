package dev.penstock.monitor.statistics;

import java.util.Arrays;

/// Two histograms with their rare slots put together, so that every cell has a count to be expected of at least
/// five in either sample, as far as there are as many. Immutable.
///
/// Rare slots make one cell; where that is still rare it joins the smallest of the others. Slots that are empty
/// in both samples are left out. The rule of five: Cochran, Some methods for strengthening the common
/// chi-squared tests (1954).
public final class CategoryCells {
    private static final double LEAST_EXPECTED = 5;

    private final long[] baseline;
    private final long[] window;

    private CategoryCells(long[] baseline, long[] window) {
        this.baseline = baseline;
        this.window = window;
    }

    /// @param baseline counts by category; unseen categories have a test of their own and stay out
    /// @param window counts of the same categories
    public static CategoryCells of(long[] baseline, long[] window) {
        Counts.checkPair(baseline, window);
        double m = (double) Counts.total(baseline);
        double n = (double) Counts.total(window);
        double smallerShare = Math.min(m, n) / (m + n);
        long[] keptBaseline = new long[baseline.length + 1];
        long[] keptWindow = new long[baseline.length + 1];
        int kept = 0;
        long rareBaseline = 0;
        long rareWindow = 0;
        for (int i = 0; i < baseline.length; i++) {
            if ((double) (baseline[i] + window[i]) * smallerShare >= LEAST_EXPECTED) {
                keptBaseline[kept] = baseline[i];
                keptWindow[kept] = window[i];
                kept++;
            } else {
                rareBaseline += baseline[i];
                rareWindow += window[i];
            }
        }
        if (rareBaseline + rareWindow > 0) {
            boolean rare = (double) (rareBaseline + rareWindow) * smallerShare < LEAST_EXPECTED;
            int cell = rare && kept > 0 ? smallest(keptBaseline, keptWindow, kept) : kept++;
            keptBaseline[cell] += rareBaseline;
            keptWindow[cell] += rareWindow;
        }
        return new CategoryCells(Arrays.copyOf(keptBaseline, kept), Arrays.copyOf(keptWindow, kept));
    }

    private static int smallest(long[] baseline, long[] window, int cells) {
        int smallest = 0;
        for (int i = 1; i < cells; i++) {
            if (baseline[i] + window[i] < baseline[smallest] + window[smallest]) {
                smallest = i;
            }
        }
        return smallest;
    }

    /// How many there are, at least 1.
    public int size() {
        return baseline.length;
    }

    /// A copy.
    public long[] baseline() {
        return baseline.clone();
    }

    /// A copy.
    public long[] window() {
        return window.clone();
    }
}
