package dev.penstock.monitor.statistics;

import dev.penstock.core.Check;

/// The noncentral chi-squared law: the sum of squares of normal variables whose means are not zero.
///
/// A Poisson mixture of central laws with mean noncentrality / 2. What is summed is a log-concave sequence, so
/// it is enough to add the terms around the largest, from the end from which the recurrence only ever adds:
/// upwards for the upper tail, downwards for the lower. Idea: Benton and Krishnamoorthy, Computing discrete
/// mixtures of continuous distributions (2003); here the largest term is looked for in both factors, so that
/// the tails are as exact as the middle. About as many terms as the root of the noncentrality, times ten.
public final class NoncentralChiSquared {
    /// How far below the largest, in e-folds, a term may be left out.
    private static final double NEGLIGIBLE = 42;

    /// Below this far down, a term could not be told from zero when it is the first of the recurrence.
    private static final double TOO_FAR = 400;

    private NoncentralChiSquared() {}

    /// P(X > x).
    ///
    /// @param x not negative
    /// @param degreesOfFreedom positive
    /// @param noncentrality sum of the squared means, not negative, at most 1e12
    public static double survival(double x, double degreesOfFreedom, double noncentrality) {
        return Math.exp(logSurvival(x, degreesOfFreedom, noncentrality));
    }

    /// ln P(X > x).
    public static double logSurvival(double x, double degreesOfFreedom, double noncentrality) {
        check(x, degreesOfFreedom, noncentrality);
        if (noncentrality == 0) {
            return ChiSquared.logSurvival(x, degreesOfFreedom);
        }
        if (x < degreesOfFreedom + noncentrality) {
            return Math.log1p(-Math.exp(new Mixture(x, degreesOfFreedom, noncentrality).logLower()));
        }
        return new Mixture(x, degreesOfFreedom, noncentrality).logUpper();
    }

    /// P(X <= x).
    public static double cdf(double x, double degreesOfFreedom, double noncentrality) {
        return Math.exp(logCdf(x, degreesOfFreedom, noncentrality));
    }

    /// ln P(X <= x).
    public static double logCdf(double x, double degreesOfFreedom, double noncentrality) {
        check(x, degreesOfFreedom, noncentrality);
        if (noncentrality == 0) {
            return GammaFunction.logLower(degreesOfFreedom / 2, x / 2);
        }
        if (x >= degreesOfFreedom + noncentrality) {
            return Math.log1p(-Math.exp(new Mixture(x, degreesOfFreedom, noncentrality).logUpper()));
        }
        return new Mixture(x, degreesOfFreedom, noncentrality).logLower();
    }

    private static void check(double x, double degreesOfFreedom, double noncentrality) {
        Check.argument(x >= 0, "x: %s (expected: >= 0)", x);
        Check.argument(degreesOfFreedom > 0, "degreesOfFreedom: %s (expected: > 0)", degreesOfFreedom);
        Check.argument(
                noncentrality >= 0 && noncentrality <= 1e12, "noncentrality: %s (expected: 0..1e12)", noncentrality);
    }

    /// Terms of one sum; the j-th has weight Poisson(j; half) and the tail of a gamma law of shape `shape + j`.
    private static final class Mixture {
        private final double shape;
        private final double y;
        private final double half;

        /// Near the largest term, in both tails.
        private final double middle;

        Mixture(double x, double degreesOfFreedom, double noncentrality) {
            shape = degreesOfFreedom / 2;
            y = x / 2;
            half = noncentrality / 2;
            // Where two neighbours are equal if the tails' ratio is y / (shape + j), as it is far out.
            middle = Math.floor((Math.sqrt(shape * shape + 4 * half * y) - shape) / 2);
        }

        double logUpper() {
            if (y == Double.POSITIVE_INFINITY) {
                return Double.NEGATIVE_INFINITY;
            }
            double largest = logTerm(middle, true);
            double low = bound(-1, largest, true);
            double high = bound(1, largest, true);
            double term = Math.exp(logTerm(low, true) - largest);
            double ratio = Math.exp(Stirling.logPoisson(shape + low, y) - GammaFunction.logUpper(shape + low, y));
            double sum = term;
            for (double j = low; j < high; j++) {
                term *= half / (j + 1) * (1 + ratio);
                ratio *= y / (shape + j + 1) / (1 + ratio);
                sum += term;
            }
            return largest + Math.log(sum);
        }

        double logLower() {
            if (y == 0) {
                return Double.NEGATIVE_INFINITY;
            }
            double largest = logTerm(middle, false);
            double low = bound(-1, largest, false);
            double high = bound(1, largest, false);
            double term = Math.exp(logTerm(high, false) - largest);
            double ratio = Math.exp(Stirling.logPoisson(shape + high - 1, y) - GammaFunction.logLower(shape + high, y));
            double sum = term;
            for (double j = high; j > low; j--) {
                term *= j / half * (1 + ratio);
                ratio *= (shape + j - 1) / y / (1 + ratio);
                sum += term;
            }
            return largest + Math.log(sum);
        }

        private double logTerm(double j, boolean upper) {
            double tail = upper ? GammaFunction.logUpper(shape + j, y) : GammaFunction.logLower(shape + j, y);
            return Stirling.logPoisson(j, half) + tail;
        }

        /// The first or last term to add: negligible, but not by so much that it would be zero.
        private double bound(int direction, double largest, boolean upper) {
            double near = 0;
            double far = 4 + Math.ceil(8 * Math.sqrt(middle + 1));
            while (middle + direction * far > 0 && logTerm(middle + direction * far, upper) > largest - NEGLIGIBLE) {
                near = far;
                far *= 2;
            }
            far = Math.min(far, direction < 0 ? middle : far);
            while (far - near > 1 && logTerm(middle + direction * far, upper) < largest - TOO_FAR) {
                double between = Math.floor((near + far) / 2);
                if (logTerm(middle + direction * between, upper) > largest - NEGLIGIBLE) {
                    near = between;
                } else {
                    far = between;
                }
            }
            double last = logTerm(middle + direction * far, upper) < largest - TOO_FAR ? near : far;
            return middle + direction * last;
        }
    }
}
