package dev.penstock.monitor.statistics;

import dev.penstock.core.Check;

/// The limit law of the largest distance between two empirical distribution functions, times the root of their
/// size.
public final class Kolmogorov {
    /// Below, the series in exp(-1/x^2) needs fewer terms than the one in exp(-x^2).
    private static final double CROSSING = 0.82;

    private Kolmogorov() {}

    /// P(K > x) = 2 sum (-1)^(j-1) exp(-2 j^2 x^2).
    ///
    /// @param x not negative
    public static double survival(double x) {
        Check.argument(x >= 0, "x: %s (expected: >= 0)", x);
        if (x < CROSSING) {
            return 1 - cdfOfSmall(x);
        }
        return Math.exp(logSurvivalOfLarge(x));
    }

    /// ln P(K > x).
    public static double logSurvival(double x) {
        Check.argument(x >= 0, "x: %s (expected: >= 0)", x);
        if (x < CROSSING) {
            return Math.log1p(-cdfOfSmall(x));
        }
        return logSurvivalOfLarge(x);
    }

    private static double cdfOfSmall(double x) {
        if (x == 0) {
            return 0;
        }
        double exponent = -Math.PI * Math.PI / (8 * x * x);
        double sum = 0;
        for (int odd = 7; odd > 0; odd -= 2) {
            sum += Math.exp(exponent * odd * odd);
        }
        return Math.sqrt(2 * Math.PI) / x * sum;
    }

    private static double logSurvivalOfLarge(double x) {
        double square = -2 * x * x;
        double rest = 0;
        for (int j = 2; j <= 6; j++) {
            double term = Math.exp(square * (j * j - 1));
            rest += j % 2 == 0 ? -term : term;
        }
        return Math.log(2) + square + Math.log1p(rest);
    }
}
