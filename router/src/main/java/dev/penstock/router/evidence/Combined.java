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

    /// ln of what [Staked] has after these.
    ///
    /// @param logEValues of the steps, each by its own data; none is no evidence
    public static double logOfSteps(double... logEValues) {
        Staked staked = Staked.NONE;
        for (double logE : logEValues) {
            staked = staked.then(logE);
        }
        return staked.logE();
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
