package dev.penstock.monitor.quality;

import dev.penstock.core.Check;

/// Quality without labels: what is to be expected of scores whose meaning is known from the baseline, its
/// calibration.
///
/// Right as long as a score means what it meant then, whatever scores now come (covariate shift). If the
/// labels' relation to the inputs changed (concept drift), this does not see it: show it as an estimate, never
/// as a measurement. Known as confidence-based performance estimation.
///
/// @param labels expected, by score bin
/// @param confusion expected, at the threshold
/// @param accuracy expected, at the threshold
/// @param standardError of the accuracy, from the chance in labels alone and not from that in the calibration
public record EstimatedQuality(ScoreLabels labels, Confusion confusion, double accuracy, double standardError) {
    /// @param counts predictions by score bin, at least one
    /// @param calibration chance of a positive label, by bin, in [0, 1]
    /// @param firstPositiveBin scores of this bin and of higher ones are predicted positive
    public static EstimatedQuality of(long[] counts, double[] calibration, int firstPositiveBin) {
        ScoreLabels labels = ScoreLabels.expected(counts, calibration);
        Confusion confusion = labels.confusionFrom(firstPositiveBin);
        Check.argument(confusion.total() > 0, "counts: no predictions (expected: at least one)");
        double variance = 0;
        for (int i = 0; i < counts.length; i++) {
            variance += (double) counts[i] * calibration[i] * (1 - calibration[i]);
        }
        return new EstimatedQuality(labels, confusion, confusion.accuracy(), Math.sqrt(variance) / confusion.total());
    }
}
