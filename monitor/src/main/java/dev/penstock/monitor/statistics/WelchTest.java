package dev.penstock.monitor.statistics;

import dev.penstock.core.Check;

/// Welch's test of whether two samples of unequal variance have the same mean.
///
/// @param t the difference of the means, the window's less the baseline's, in standard errors
/// @param degreesOfFreedom by Welch and Satterthwaite
/// @param pValue two-sided
public record WelchTest(double t, double degreesOfFreedom, double pValue) {
    /// @param count how many values, at least 2
    /// @param mean of the values
    /// @param variance of the values, with count - 1 below the line, not negative
    public record Sample(long count, double mean, double variance) {
        public Sample {
            Check.argument(count >= 2, "count: %d (expected: >= 2)", count);
            Check.argument(variance >= 0, "variance: %s (expected: >= 0)", variance);
        }

        private double squaredError() {
            return variance / (double) count;
        }

        private double weight() {
            return squaredError() * squaredError() / (double) (count - 1);
        }
    }

    public static WelchTest of(Sample baseline, Sample window) {
        double squaredError = baseline.squaredError() + window.squaredError();
        double difference = window.mean() - baseline.mean();
        if (squaredError == 0) {
            double t = difference == 0 ? 0 : Math.copySign(Double.POSITIVE_INFINITY, difference);
            return new WelchTest(t, (double) (baseline.count() + window.count() - 2), t == 0 ? 1 : 0);
        }
        double t = difference / Math.sqrt(squaredError);
        double degreesOfFreedom = squaredError * squaredError / (baseline.weight() + window.weight());
        return new WelchTest(t, degreesOfFreedom, StudentT.twoSided(t, degreesOfFreedom));
    }
}
