package dev.penstock.monitor.statistics;

import dev.penstock.core.Check;

/// The chi-squared law. Degrees of freedom are positive and need not be whole.
public final class ChiSquared {
    private ChiSquared() {}

    /// P(X > x).
    public static double survival(double x, double degreesOfFreedom) {
        return Math.exp(logSurvival(x, degreesOfFreedom));
    }

    /// ln P(X > x), which says how far out `x` is where the probability itself is too small for a double.
    public static double logSurvival(double x, double degreesOfFreedom) {
        Check.argument(degreesOfFreedom > 0, "degreesOfFreedom: %s (expected: > 0)", degreesOfFreedom);
        return GammaFunction.logUpper(degreesOfFreedom / 2, x / 2);
    }

    /// P(X <= x).
    public static double cdf(double x, double degreesOfFreedom) {
        Check.argument(degreesOfFreedom > 0, "degreesOfFreedom: %s (expected: > 0)", degreesOfFreedom);
        return GammaFunction.lower(degreesOfFreedom / 2, x / 2);
    }
}
