package dev.penstock.router.evidence;

import dev.penstock.core.Check;
import java.util.function.IntToDoubleFunction;

/// A confidence sequence for a mean or a difference of means of whatever values: bounds that hold at all
/// times at once, as exactly as the central limit theorem does.
///
/// Half of its width is s sqrt(N) sqrt(2 (N r^2 + 1) / (N r)^2 ln(sqrt(N r^2 + 1) / alpha)), where s is the
/// standard error, N how many values there are, and r such that it is narrowest at 5,000. Source:
/// Waudby-Smith et al., Time-uniform central limit theory and asymptotic confidence sequences (2024). The
/// standard error is that of the delete-one jackknife over 64 random groups of units (Efron and Stein 1981),
/// so values of the same unit may depend on each other.
///
/// @param estimate NaN if there are no values
/// @param standardError NaN where it cannot be told
/// @param halfWidth infinite where there is not enough to tell
/// @param values N
public record AsymptoticSequence(double estimate, double standardError, double halfWidth, long values) {
    /// With fewer groups than this that have values the error cannot be told.
    public static final int LEAST_GROUPS = 32;

    private static final double NARROWEST_AT = 5_000;

    private static final double ROUNDING = 1e-12;

    /// Of a mean, such as the difference of two models' answers to the same request.
    ///
    /// @param alpha how likely the bounds may ever be wrong, in (0, 1)
    public static AsymptoticSequence ofMean(JackknifeSums values, double alpha) {
        return ofMean(values, alpha, 0);
    }

    /// The same where something is known of the error: of values that have all been the same so far the groups
    /// say that there is none.
    ///
    /// @param leastError that the standard error is taken for at least, not negative
    public static AsymptoticSequence ofMean(JackknifeSums values, double alpha, double leastError) {
        return of(without -> Part.of(values, without).mean(), values.filled(), values.total(), alpha, leastError);
    }

    /// Of the canary's mean less the control's, each time compared within itself.
    public static AsymptoticSequence ofDifference(Strata strata, double alpha) {
        return of(
                strata::difference,
                strata.filled(),
                strata.canaryTotal() + strata.controlTotal(),
                alpha,
                strata.leastError());
    }

    /// Of the one's sum over the other's, such as of rewards over the chances that they had.
    ///
    /// @param denominators of the same values
    public static AsymptoticSequence ofRatio(JackknifeSums numerators, JackknifeSums denominators, double alpha) {
        return of(
                without -> Part.of(numerators, without).sum()
                        / Part.of(denominators, without).sum(),
                denominators.filled(),
                denominators.total(),
                alpha,
                0);
    }

    /// @param estimator what is estimated without that group; -1: with all
    private static AsymptoticSequence of(
            IntToDoubleFunction estimator, int filled, long values, double alpha, double leastError) {
        Check.argument(alpha > 0 && alpha < 1, "alpha: %s (expected: in (0, 1))", alpha);
        double estimate = estimator.applyAsDouble(-1);
        double standardError = filled < LEAST_GROUPS ? Double.NaN : Math.max(leastError, jackknife(estimator));
        double halfWidth = standardError * widthInErrors((double) values, alpha);
        // Groups that do not differ at all, but for what is lost in sums, say nothing of how much they would.
        boolean enough = Double.isFinite(halfWidth) && standardError > ROUNDING * Math.max(1, Math.abs(estimate));
        return new AsymptoticSequence(estimate, standardError, enough ? halfWidth : Double.POSITIVE_INFINITY, values);
    }

    private static double jackknife(IntToDoubleFunction estimator) {
        double[] estimates = new double[JackknifeSums.GROUPS];
        double mean = 0;
        for (int i = 0; i < estimates.length; i++) {
            estimates[i] = estimator.applyAsDouble(i);
            mean += estimates[i] / JackknifeSums.GROUPS;
        }
        double sum = 0;
        for (double each : estimates) {
            sum += (each - mean) * (each - mean);
        }
        return Math.sqrt(sum * (JackknifeSums.GROUPS - 1) / JackknifeSums.GROUPS);
    }

    /// How many standard errors the half width is.
    static double widthInErrors(double values, double alpha) {
        double twice = -2 * Math.log(alpha);
        double rate = values * (twice + Math.log1p(twice)) / NARROWEST_AT;
        return Math.sqrt(2 * (rate + 1) / rate * (0.5 * Math.log1p(rate) - Math.log(alpha)));
    }

    /// Whether there is too little to say anything.
    public boolean isInsufficient() {
        return halfWidth == Double.POSITIVE_INFINITY;
    }

    /// Negative infinity where there is not enough to tell.
    public double lower() {
        return isInsufficient() ? Double.NEGATIVE_INFINITY : estimate - halfWidth;
    }

    /// Infinity where there is not enough to tell.
    public double upper() {
        return isInsufficient() ? Double.POSITIVE_INFINITY : estimate + halfWidth;
    }

    /// The values of all groups but one.
    private record Part(double count, double sum) {
        static Part of(JackknifeSums values, int without) {
            double count = 0;
            double sum = 0;
            for (int i = 0; i < JackknifeSums.GROUPS; i++) {
                if (i != without) {
                    count += (double) values.count(i);
                    sum += values.sum(i);
                }
            }
            return new Part(count, sum);
        }

        double mean() {
            return sum / count;
        }
    }
}
