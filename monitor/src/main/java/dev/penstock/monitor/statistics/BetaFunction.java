package dev.penstock.monitor.statistics;

import dev.penstock.core.Check;

/// The logarithm of the beta function and the regularised incomplete beta function I.
///
/// Source: continued fraction, DLMF 8.17.22. Relative error about 1e-13 for parameters up to a million, in the
/// tails too.
public final class BetaFunction {
    private BetaFunction() {}

    /// ln B(a, b).
    ///
    /// @param a positive
    /// @param b positive
    public static double logBeta(double a, double b) {
        checkShape(a, b);
        double less = Math.min(a, b);
        double more = Math.max(a, b);
        if (less < Stirling.FROM) {
            return GammaFunction.logGamma(less) - logGammaStep(more, less);
        }
        return Stirling.HALF_LOG_TWO_PI
                + Stirling.series(a)
                + Stirling.series(b)
                - Stirling.series(a + b)
                - 0.5 * Math.log(more)
                + (less - 0.5) * Math.log(less / (a + b))
                + more * Math.log1p(-less / (a + b));
    }

    /// ln(gamma(x + step) / gamma(x)), without taking the difference of two large numbers.
    ///
    /// @param x positive
    /// @param step not negative
    static double logGammaStep(double x, double step) {
        if (x < Stirling.FROM) {
            return GammaFunction.logGamma(x + step) - GammaFunction.logGamma(x);
        }
        return (x - 0.5) * Math.log1p(step / x)
                + step * (Math.log(x + step) - 1)
                + Stirling.series(x + step)
                - Stirling.series(x);
    }

    /// I_x(a, b): of a beta variable, the chance to be at most `x`.
    ///
    /// @param x in [0, 1]
    public static double regularised(double a, double b, double x) {
        return Math.exp(logRegularised(a, b, x, 1 - x));
    }

    /// ln I_x(a, b).
    ///
    /// @param x in [0, 1]
    /// @param y 1 - x, given as well because it cannot be had from an x near one
    public static double logRegularised(double a, double b, double x, double y) {
        checkShape(a, b);
        Check.argument(x >= 0 && x <= 1, "x: %s (expected: 0..1)", x);
        Check.argument(Math.abs(x + y - 1) < 1e-9, "y: %s (expected: 1 - x, x: %s)", y, x);
        if (x < (a + 1) / (a + b + 2)) {
            return logByFraction(a, b, x, y);
        }
        return Math.log1p(-Math.exp(logByFraction(b, a, y, x)));
    }

    private static void checkShape(double a, double b) {
        Check.argument(a > 0 && a < Double.POSITIVE_INFINITY, "a: %s (expected: > 0, finite)", a);
        Check.argument(b > 0 && b < Double.POSITIVE_INFINITY, "b: %s (expected: > 0, finite)", b);
    }

    /// Lentz's method, two steps of the fraction at a time. Takes about the square root of the larger
    /// parameter.
    private static double logByFraction(double a, double b, double x, double y) {
        double prefix = Stirling.logBeta(a, b, x, y);
        if (prefix == Double.NEGATIVE_INFINITY) {
            return prefix;
        }
        double n = a + b;
        double c = 1;
        double d = 1 / GammaFunction.nonZero(1 - n * x / (a + 1));
        double fraction = d;
        double change = 0;
        for (double m = 1; Math.abs(change - 1) > 5e-16; m++) {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / GammaFunction.nonZero(1 + even * d);
            c = GammaFunction.nonZero(1 + even / c);
            fraction *= c * d;
            double odd = -(a + m) * (n + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / GammaFunction.nonZero(1 + odd * d);
            c = GammaFunction.nonZero(1 + odd / c);
            change = c * d;
            fraction *= change;
        }
        return prefix + Math.log(fraction / a);
    }
}
