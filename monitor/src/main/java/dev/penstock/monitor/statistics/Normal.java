package dev.penstock.monitor.statistics;

import dev.penstock.core.Check;

/// The standard normal law.
public final class Normal {
    private static final double LOG_TWO = Math.log(2);

    private Normal() {}

    /// P(Z <= z).
    public static double cdf(double z) {
        return survival(-z);
    }

    /// P(Z > z), to full relative precision however small.
    public static double survival(double z) {
        return Math.exp(logSurvival(z));
    }

    /// ln P(Z > z).
    public static double logSurvival(double z) {
        Check.argument(!Double.isNaN(z), "z: %s (expected: a number)", z);
        if (z < 0) {
            return Math.log1p(-Math.exp(logSurvival(-z)));
        }
        return GammaFunction.logUpper(0.5, z * z / 2) - LOG_TWO;
    }

    /// P(|Z| > |z|).
    public static double twoSided(double z) {
        Check.argument(!Double.isNaN(z), "z: %s (expected: a number)", z);
        return GammaFunction.upper(0.5, z * z / 2);
    }
}
