package dev.penstock.router.evidence;

import dev.penstock.core.Check;

/// The mixture sequential probability ratio test of a difference, to compare with other tools. Source: Robbins
/// 1970; Johari et al., Always valid inference (2022).
public final class MixtureSprt {
    private MixtureSprt() {}

    /// ln of the likelihood of differences drawn from a normal law around 0 over that of none:
    /// 1/2 ln(V / (V + t)) + t d^2 / (2 V (V + t)).
    ///
    /// @param difference d, estimated
    /// @param variance V of that estimate, positive
    /// @param mixing t, the variance of the differences that are bet on, positive
    public static double logLikelihoodRatio(double difference, double variance, double mixing) {
        Check.argument(Double.isFinite(difference), "difference: %s (expected: finite)", difference);
        Check.argument(variance > 0, "variance: %s (expected: > 0)", variance);
        Check.argument(mixing > 0, "mixing: %s (expected: > 0)", mixing);
        double both = variance + mixing;
        return 0.5 * Math.log(variance / both) + mixing * difference * difference / (2 * variance * both);
    }
}
