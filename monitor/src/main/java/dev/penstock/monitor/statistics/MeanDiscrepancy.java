package dev.penstock.monitor.statistics;

import dev.penstock.core.Check;

/// The maximum mean discrepancy of two samples of vectors, from sums of their random Fourier features.
///
/// @param biased squared distance of the two means, not negative
/// @param unbiased the same less what chance makes of it; may be negative
/// @param pValue how likely a `biased` as large as this is if nothing drifted: by a chi-squared law with the
///     mean and variance of the right one (Satterthwaite 1946). Asymptotic: ask for 200 vectors or more
public record MeanDiscrepancy(double biased, double unbiased, double pValue) {
    /// @param baseline two vectors or more
    /// @param window two vectors or more
    /// @param traces of the covariance of the baseline's vectors
    public static MeanDiscrepancy of(FeatureSums baseline, FeatureSums window, CovarianceTraces traces) {
        Check.argument(baseline.count() >= 2, "baseline: %d vectors (expected: >= 2)", baseline.count());
        Check.argument(window.count() >= 2, "window: %d vectors (expected: >= 2)", window.count());
        double m = (double) baseline.count();
        double n = (double) window.count();
        double biased = baseline.squaredMeanDistance(window);
        double unbiased = biased - baseline.covarianceTrace() / m - window.covarianceTrace() / n;
        double unit = (1 / m + 1 / n) * traces.traceOfSquare() / traces.trace();
        double degreesOfFreedom = traces.trace() * traces.trace() / traces.traceOfSquare();
        return new MeanDiscrepancy(biased, unbiased, ChiSquared.survival(biased / unit, degreesOfFreedom));
    }
}
