package dev.penstock.monitor.quality;

import dev.penstock.core.Check;
import java.util.ArrayList;
import java.util.List;

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
/// @param standardError of the accuracy, from the chance in labels alone and not from that in the
///     calibration
public record EstimatedQuality(ScoreLabels labels, Confusion confusion, double accuracy, double standardError) {
    /// Standard errors on either side that have 95 % of a normal law between them.
    private static final double NORMAL = 1.959963984540054;

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

    /// Quality where the scores are the chances of the positive one of two classes.
    public List<Metric> ofPositives() {
        List<Metric> all = new ArrayList<>(ofPredicted());
        all.add(Metric.unbounded("precision", confusion.precision()));
        all.add(Metric.unbounded("recall", confusion.recall()));
        all.add(Metric.unbounded("f1", confusion.f1()));
        all.add(Metric.unbounded("auroc", labels.areaUnderCurve()));
        return all.stream().filter(Metric::known).toList();
    }

    /// Quality where the scores are the chances of whatever was predicted, and all bins are positive: how often
    /// it is right.
    public List<Metric> ofPredicted() {
        double half = NORMAL * standardError;
        return List.of(new Metric("accuracy", accuracy, Math.max(0, accuracy - half), Math.min(1, accuracy + half)));
    }
}
