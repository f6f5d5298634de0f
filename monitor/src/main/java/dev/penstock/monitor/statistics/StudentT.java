package dev.penstock.monitor.statistics;

import dev.penstock.core.Check;

/// Student's t law.
public final class StudentT {
    private StudentT() {}

    /// P(T > t).
    ///
    /// @param degreesOfFreedom positive, need not be whole
    public static double survival(double t, double degreesOfFreedom) {
        double tail = twoSided(t, degreesOfFreedom) / 2;
        return t >= 0 ? tail : 1 - tail;
    }

    /// P(|T| > |t|).
    public static double twoSided(double t, double degreesOfFreedom) {
        Check.argument(degreesOfFreedom > 0, "degreesOfFreedom: %s (expected: > 0)", degreesOfFreedom);
        Check.argument(!Double.isNaN(t), "t: %s (expected: a number)", t);
        if (Double.isInfinite(t)) {
            return 0;
        }
        double sum = degreesOfFreedom + t * t;
        return Math.exp(BetaFunction.logRegularised(degreesOfFreedom / 2, 0.5, degreesOfFreedom / sum, t * t / sum));
    }
}
