package dev.penstock.monitor.statistics;

import dev.penstock.core.Check;

/// Pearson's chi-squared test of whether two samples have the same law, both of them random.
///
/// @param statistic m n sum (r / m - c / n)^2 / (r + c) over the cells' counts r and c, not negative
/// @param cells how many were not empty in both samples, at least 1
/// @param baselineCount m, positive
/// @param windowCount n, positive
public record ChiSquareTest(double statistic, int cells, long baselineCount, long windowCount) {
    public ChiSquareTest {
        Check.argument(statistic >= 0, "statistic: %s (expected: >= 0)", statistic);
        Check.argument(cells >= 1, "cells: %d (expected: >= 1)", cells);
        Check.argument(baselineCount >= 1, "baselineCount: %d (expected: >= 1)", baselineCount);
        Check.argument(windowCount >= 1, "windowCount: %d (expected: >= 1)", windowCount);
    }

    /// Compares two histograms over the same slots as they are.
    public static ChiSquareTest of(long[] baseline, long[] window) {
        Counts.checkPair(baseline, window);
        long m = Counts.total(baseline);
        long n = Counts.total(window);
        double sum = 0;
        for (int i = 0; i < baseline.length; i++) {
            if (baseline[i] != 0 || window[i] != 0) {
                double difference = (double) baseline[i] / (double) m - (double) window[i] / (double) n;
                sum += difference * difference / (double) (baseline[i] + window[i]);
            }
        }
        return new ChiSquareTest((double) m * (double) n * sum, Counts.used(baseline, window), m, n);
    }

    /// The same after rare slots are put together (see [CategoryCells]).
    public static ChiSquareTest pooled(long[] baseline, long[] window) {
        CategoryCells cells = CategoryCells.of(baseline, window);
        return of(cells.baseline(), cells.window());
    }

    public int degreesOfFreedom() {
        return cells - 1;
    }

    /// How likely a statistic as large as this is if nothing drifted.
    public double pValue() {
        return Math.exp(logPValue());
    }

    /// ln of [#pValue].
    public double logPValue() {
        return cells == 1 ? 0 : ChiSquared.logSurvival(statistic, degreesOfFreedom());
    }

    /// How strongly the sample decides the cell, Cramer's V: 0 to 1. By chance alone about sqrt((cells - 1) /
    /// (m + n)).
    public double cramersV() {
        return Math.min(1, Math.sqrt(statistic / ((double) baselineCount + (double) windowCount)));
    }
}
