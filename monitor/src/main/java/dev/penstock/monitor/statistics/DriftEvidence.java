package dev.penstock.monitor.statistics;

import dev.penstock.core.Check;

/// An e-detector: evidence, gathered sub-window by sub-window, that counts no longer come from the baseline's
/// shares.
///
/// Each sub-window is a bet against the baseline, by a Dirichlet-multinomial law around it: the e-value is the
/// ratio of the two chances of what came, and is 1 on average while nothing drifts. The Shiryaev-Roberts
/// recursion adds up the bets that began at each moment. An alarm when it reaches A comes by chance once in A
/// sub-windows or less often, however the sub-windows' sizes come about. Source: Shin, Ramdas and Rinaldo,
/// E-detectors (2022); the mixture: Lindon and Malek, Anytime-valid inference for multinomial count data
/// (2022). That holds for shares that are known; shares from a baseline will do while that is much larger than
/// a sub-window.
public final class DriftEvidence {
    /// What the logarithm of the statistic is before the first sub-window.
    public static final double NONE = Double.NEGATIVE_INFINITY;

    /// How closely the bet keeps to the baseline, in values: it bets on a PSI of about (slots - 1) /
    /// concentration.
    public static final double CONCENTRATION = 200;

    private DriftEvidence() {}

    /// ln of the e-value of one sub-window; 0 if it is empty.
    ///
    /// @param counts of one sub-window, by slot
    /// @param shares of the baseline, positive and of sum 1
    /// @param concentration positive
    public static double logEValue(long[] counts, double[] shares, double concentration) {
        return logEValue(counts, shares, concentration, 1);
    }

    /// The same of shares that are an estimate from m values: of n values only as much counts as tells more
    /// than the estimate's own error, m / (m + n) of each. Where m is much larger than n that is nearly all.
    ///
    /// @param weight of each value, above 0 and up to 1
    public static double logEValue(long[] counts, double[] shares, double concentration, double weight) {
        Check.argument(weight > 0 && weight <= 1, "weight: %s (expected: in (0, 1])", weight);
        Check.argument(counts.length == shares.length, "counts: %d (expected: %d)", counts.length, shares.length);
        Check.argument(concentration > 0, "concentration: %s (expected: > 0)", concentration);
        long total = 0;
        double shareSum = 0;
        double sum = 0;
        for (int i = 0; i < counts.length; i++) {
            Check.argument(shares[i] > 0, "shares: %s (expected: > 0)", shares[i]);
            Check.argument(counts[i] >= 0, "counts: %d (expected: >= 0)", counts[i]);
            double count = weight * (double) counts[i];
            sum += BetaFunction.logGammaStep(concentration * shares[i], count) - count * Math.log(shares[i]);
            total += counts[i];
            shareSum += shares[i];
        }
        Check.argument(Math.abs(shareSum - 1) < 1e-9, "shares: their sum is %s (expected: 1)", shareSum);
        return sum - BetaFunction.logGammaStep(concentration, weight * (double) total);
    }

    /// ln of the statistic after one more sub-window: M = e (1 + M).
    ///
    /// @param logStatistic what it was, [#NONE] at first
    /// @param logEValue of the sub-window
    public static double next(double logStatistic, double logEValue) {
        if (logStatistic > 0) {
            return logEValue + logStatistic + Math.log1p(Math.exp(-logStatistic));
        }
        return logEValue + Math.log1p(Math.exp(logStatistic));
    }

    /// The shares of a baseline with half a count more in each slot, so that none is zero.
    public static double[] sharesOf(long[] baseline) {
        long total = Counts.total(baseline);
        double[] shares = new double[baseline.length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = Smoothing.JEFFREYS.share(baseline[i], total, shares.length);
        }
        return shares;
    }
}
