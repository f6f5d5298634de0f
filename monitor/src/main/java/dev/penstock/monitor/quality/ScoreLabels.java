package dev.penstock.monitor.quality;

import dev.penstock.core.Check;
import java.util.Arrays;

/// Labels by score bin, bins in ascending order of the score; counted, or expected of a calibration. Immutable.
public final class ScoreLabels {
    private final double[] positives;
    private final double[] negatives;

    private ScoreLabels(double[] positives, double[] negatives) {
        this.positives = positives;
        this.negatives = negatives;
    }

    /// @param positives labels that were positive, by bin
    /// @param negatives labels that were negative, by bin
    public static ScoreLabels counted(long[] positives, long[] negatives) {
        checkLength(negatives.length, positives.length);
        return new ScoreLabels(
                Arrays.stream(positives).mapToDouble(count -> (double) count).toArray(),
                Arrays.stream(negatives).mapToDouble(count -> (double) count).toArray());
    }

    /// What labels are to be expected of predictions.
    ///
    /// @param counts predictions by bin
    /// @param calibration chance of a positive label, by bin, in [0, 1]
    public static ScoreLabels expected(long[] counts, double[] calibration) {
        checkLength(calibration.length, counts.length);
        double[] positives = new double[counts.length];
        double[] negatives = new double[counts.length];
        for (int i = 0; i < counts.length; i++) {
            double chance = calibration[i];
            Check.argument(chance >= 0 && chance <= 1, "calibration: %s (expected: 0..1)", chance);
            positives[i] = (double) counts[i] * chance;
            negatives[i] = (double) counts[i] * (1 - chance);
        }
        return new ScoreLabels(positives, negatives);
    }

    private static void checkLength(int length, int bins) {
        Check.argument(length == bins, "bins: %d (expected: %d)", length, bins);
    }

    public int bins() {
        return positives.length;
    }

    /// What comes of calling a prediction positive if its score is in that bin or a higher one.
    ///
    /// @param firstPositiveBin 0 for all, [#bins] for none
    public Confusion confusionFrom(int firstPositiveBin) {
        Check.argument(
                firstPositiveBin >= 0 && firstPositiveBin <= bins(),
                "firstPositiveBin: %d (expected: 0..%d)",
                firstPositiveBin,
                bins());
        double truePositive = 0;
        double falsePositive = 0;
        double falseNegative = 0;
        double trueNegative = 0;
        for (int i = 0; i < bins(); i++) {
            if (i >= firstPositiveBin) {
                truePositive += positives[i];
                falsePositive += negatives[i];
            } else {
                falseNegative += positives[i];
                trueNegative += negatives[i];
            }
        }
        return new Confusion(truePositive, falsePositive, falseNegative, trueNegative);
    }

    /// The area under the ROC curve: how likely a positive has a higher score than a negative, where scores of
    /// the same bin count half. NaN if there are no positives or no negatives.
    public double areaUnderCurve() {
        double below = 0;
        double area = 0;
        double allPositives = 0;
        for (int i = 0; i < bins(); i++) {
            area += positives[i] * (below + negatives[i] / 2);
            below += negatives[i];
            allPositives += positives[i];
        }
        return area / (allPositives * below);
    }
}
