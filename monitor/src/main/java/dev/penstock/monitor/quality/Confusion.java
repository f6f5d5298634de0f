package dev.penstock.monitor.quality;

import dev.penstock.core.Check;

/// How many predictions of a binary classifier were right and wrong, counted or expected: so the numbers need
/// not be whole. A measure whose denominator is zero is NaN.
///
/// @param truePositive predicted positive, and labelled so
/// @param falsePositive predicted positive, labelled negative
/// @param falseNegative predicted negative, labelled positive
/// @param trueNegative predicted negative, and labelled so
public record Confusion(double truePositive, double falsePositive, double falseNegative, double trueNegative) {
    public Confusion {
        check("truePositive", truePositive);
        check("falsePositive", falsePositive);
        check("falseNegative", falseNegative);
        check("trueNegative", trueNegative);
    }

    private static void check(String name, double count) {
        Check.argument(count >= 0 && count < Double.POSITIVE_INFINITY, "%s: %s (expected: >= 0, finite)", name, count);
    }

    public double total() {
        return truePositive + falsePositive + falseNegative + trueNegative;
    }

    /// The share that was right.
    public double accuracy() {
        return (truePositive + trueNegative) / total();
    }

    /// Of those predicted positive, the share labelled so.
    public double precision() {
        return truePositive / (truePositive + falsePositive);
    }

    /// Of those labelled positive, the share predicted so.
    public double recall() {
        return truePositive / (truePositive + falseNegative);
    }

    /// Of those labelled negative, the share predicted so.
    public double specificity() {
        return trueNegative / (trueNegative + falsePositive);
    }

    /// The harmonic mean of precision and recall.
    public double f1() {
        return 2 * truePositive / (2 * truePositive + falsePositive + falseNegative);
    }

    /// Matthews' correlation coefficient: -1 to 1, and 0 for predictions that have nothing to do with the
    /// labels.
    public double matthews() {
        double predicted = (truePositive + falsePositive) * (trueNegative + falseNegative);
        double labelled = (truePositive + falseNegative) * (trueNegative + falsePositive);
        double covariance = truePositive * trueNegative - falsePositive * falseNegative;
        return covariance / (Math.sqrt(predicted) * Math.sqrt(labelled));
    }
}
