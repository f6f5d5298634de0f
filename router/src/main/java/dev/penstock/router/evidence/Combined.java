package dev.penstock.router.evidence;

/// E-values taken together. All are logarithms; 0 is no evidence, negative infinity an e-value of 0.
public final class Combined {
    private Combined() {}

    /// ln of the mean, which is an e-value itself, however the others depend on one another (Vovk and Wang
    /// 2021).
    ///
    /// @param logEValues at least one
    public static double logMean(double... logEValues) {
        return logSum(logEValues) - Math.log(logEValues.length);
    }

    /// ln of what a better has who keeps part of his money for each of the coming steps, stakes it when that
    /// step
    /// begins, and leaves it in from then on: so an arm that changes in a late step is found by what that step
    /// says, and what lasts is found by all steps together. The i-th of the steps gets 1 / (i (i + 1)).
    ///
    /// @param logEValues of the steps, each by its own data; none is no evidence
    public static double logOfSteps(double... logEValues) {
        double staked = Double.NEGATIVE_INFINITY;
        for (int i = 1; i <= logEValues.length; i++) {
            double added = -Math.log((double) i * (double) (i + 1));
            staked = logEValues[i - 1] + logSum(staked, added);
        }
        return logSum(staked, -Math.log((double) logEValues.length + 1));
    }

    /// ln of the sum of what these are logarithms of.
    static double logSum(double... logs) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double log : logs) {
            largest = Math.max(largest, log);
        }
        if (Double.isInfinite(largest)) {
            return largest;
        }
        double sum = 0;
        for (double log : logs) {
            sum += Math.exp(log - largest);
        }
        return largest + Math.log(sum);
    }
}
