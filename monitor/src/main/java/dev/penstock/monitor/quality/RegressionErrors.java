package dev.penstock.monitor.quality;

import dev.penstock.core.Check;

/// How far predicted values were from the labels y, error = prediction - label, as sums that add up over
/// replicas and time. Measures are NaN without labels.
///
/// @param count of labels, not negative
/// @param errorSum of errors
/// @param absoluteSum of |error|
/// @param squareSum of error^2
/// @param labelSum of labels
/// @param labelSquareSum of label^2
public record RegressionErrors(
        long count, double errorSum, double absoluteSum, double squareSum, double labelSum, double labelSquareSum) {
    public static final RegressionErrors NONE = new RegressionErrors(0, 0, 0, 0, 0, 0);

    public RegressionErrors {
        Check.argument(count >= 0, "count: %d (expected: >= 0)", count);
    }

    /// The mean error: positive if predictions are too large.
    public double bias() {
        return errorSum / (double) count;
    }

    public double meanAbsoluteError() {
        return absoluteSum / (double) count;
    }

    public double rootMeanSquareError() {
        return Math.sqrt(squareSum / (double) count);
    }

    /// The share of the labels' variance that is explained: 1 at best, 0 for their mean, negative if worse. NaN
    /// or infinite if all labels are the same; without digits if their mean is many thousand times their
    /// deviation.
    public double rSquared() {
        double spread = labelSquareSum - labelSum / (double) count * labelSum;
        return 1 - squareSum / spread;
    }

    /// With one more label. Both are finite, or no measure is a number ever after.
    public RegressionErrors with(double prediction, double label) {
        double error = prediction - label;
        return new RegressionErrors(
                count + 1,
                errorSum + error,
                absoluteSum + Math.abs(error),
                squareSum + error * error,
                labelSum + label,
                labelSquareSum + label * label);
    }

    public RegressionErrors plus(RegressionErrors other) {
        return new RegressionErrors(
                count + other.count,
                errorSum + other.errorSum,
                absoluteSum + other.absoluteSum,
                squareSum + other.squareSum,
                labelSum + other.labelSum,
                labelSquareSum + other.labelSquareSum);
    }
}
