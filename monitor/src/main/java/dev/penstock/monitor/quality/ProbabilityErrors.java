package dev.penstock.monitor.quality;

import dev.penstock.core.Check;

/// How far probabilities were from the labels, as sums that add up over replicas and time.
///
/// @param count of labels, not negative
/// @param logLossSum of [#logLoss], in nats
/// @param squareSum of (probability - label)^2
public record ProbabilityErrors(long count, double logLossSum, double squareSum) {
    private static final double LEAST = 1e-15;

    public ProbabilityErrors {
        Check.argument(count >= 0, "count: %d (expected: >= 0)", count);
    }

    /// What one prediction adds to the sum: -ln of the probability that the label had, which counts as 1e-15 if
    /// it is less.
    ///
    /// @param probability of a positive label, in [0, 1]
    public static double logLoss(double probability, boolean positive) {
        Check.argument(probability >= 0 && probability <= 1, "probability: %s (expected: 0..1)", probability);
        return positive ? -Math.log(Math.max(probability, LEAST)) : -Math.log1p(-Math.min(probability, 1 - LEAST));
    }

    /// The mean log-loss, in nats. NaN without labels.
    public double logLoss() {
        return logLossSum / (double) count;
    }

    /// The Brier score: 0 to 1, lower is better. NaN without labels.
    public double brier() {
        return squareSum / (double) count;
    }

    public ProbabilityErrors plus(ProbabilityErrors other) {
        return new ProbabilityErrors(count + other.count, logLossSum + other.logLossSum, squareSum + other.squareSum);
    }

    /// The expected calibration error: by how much the mean score of a bin misses its share of positives, on
    /// average over the labels. NaN without labels.
    ///
    /// @param positives labels that were positive, by bin
    /// @param totals labels, by bin; ten bins of equal width are usual
    /// @param scoreSums sums of the scores that were labelled, by bin
    public static double calibrationError(long[] positives, long[] totals, double[] scoreSums) {
        Check.argument(totals.length == positives.length, "totals: %d (expected: %d)", totals.length, positives.length);
        Check.argument(
                scoreSums.length == positives.length,
                "scoreSums: %d (expected: %d)",
                scoreSums.length,
                positives.length);
        double sum = 0;
        long all = 0;
        for (int i = 0; i < totals.length; i++) {
            sum += Math.abs(scoreSums[i] - (double) positives[i]);
            all += totals[i];
        }
        return sum / (double) all;
    }
}
