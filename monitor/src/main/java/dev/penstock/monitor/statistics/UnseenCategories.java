package dev.penstock.monitor.statistics;

/// The test for categories that the baseline does not have.
///
/// A chi-squared test cannot do it: expected counts of zero make the statistic infinite, and put together with
/// other rare categories they are not seen.
public final class UnseenCategories {
    private static final double ALPHA = 0.05;

    private UnseenCategories() {}

    /// How likely so many unseen values are, if their share is as large as the baseline allows with 95 %.
    ///
    /// @param baselineUnseen how many of the baseline's values were of categories it does not list, mostly none
    /// @param baselineCount m, positive
    /// @param unseen how many of the window's values are of categories that the baseline does not list
    /// @param windowCount n, positive
    public static double pValue(long baselineUnseen, long baselineCount, long unseen, long windowCount) {
        return Math.exp(logPValue(baselineUnseen, baselineCount, unseen, windowCount));
    }

    /// ln of [#pValue].
    public static double logPValue(long baselineUnseen, long baselineCount, long unseen, long windowCount) {
        double share = Binomial.upperBound(baselineUnseen, baselineCount, ALPHA);
        return Binomial.logAtLeast(unseen, windowCount, share);
    }
}
