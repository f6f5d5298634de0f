package dev.penstock.monitor.drift;

/// How two histograms of a feature differ. What cannot be said is NaN.
///
/// @param psi population stability index, in nats, of ten bins or of the categories
/// @param psiCorrected the same less what chance adds on average
/// @param pNoDrift how likely such an index is if nothing drifted
/// @param pAdjusted the same among all features of its family (Benjamini and Hochberg)
/// @param pWarn how likely such an index is if the true one is the one that matters
/// @param pCritical the same of the one that is urgent
/// @param ks largest difference of the distribution functions; NaN for categories
/// @param pKs how likely such a difference is if nothing drifted
/// @param jensenShannon the distance in base 2, 0 to 1
/// @param hellinger 0 to 1
/// @param totalVariation 0 to 1
/// @param wasserstein in standard deviations of the baseline; NaN for categories or without deviation
/// @param chiSquare statistic of the 2 x K test
/// @param pChiSquare its p-value
/// @param cramersV 0 to 1
public record Distribution(
        double psi,
        double psiCorrected,
        double pNoDrift,
        double pAdjusted,
        double pWarn,
        double pCritical,
        double ks,
        double pKs,
        double jensenShannon,
        double hellinger,
        double totalVariation,
        double wasserstein,
        double chiSquare,
        double pChiSquare,
        double cramersV) {
    /// Of a feature of which nothing can be said.
    public static final Distribution UNKNOWN = new Distribution(
            Double.NaN,
            Double.NaN,
            Double.NaN,
            Double.NaN,
            Double.NaN,
            Double.NaN,
            Double.NaN,
            Double.NaN,
            Double.NaN,
            Double.NaN,
            Double.NaN,
            Double.NaN,
            Double.NaN,
            Double.NaN,
            Double.NaN);

    Distribution adjusted(double p) {
        return new Distribution(
                psi,
                psiCorrected,
                pNoDrift,
                p,
                pWarn,
                pCritical,
                ks,
                pKs,
                jensenShannon,
                hellinger,
                totalVariation,
                wasserstein,
                chiSquare,
                pChiSquare,
                cramersV);
    }
}
