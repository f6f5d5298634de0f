package dev.penstock.monitor.statistics;

import dev.penstock.core.Check;

/// A confidence sequence for a chance: bounds that hold at all times at once, however often they are looked at.
///
/// All p that the evidence against, the ratio of the Beta(1/2, 1/2) mixture to p itself, has not refuted: B(1/2
/// + s, 1/2 + f) / B(1/2, 1/2) < p^s (1 - p)^f / alpha. By Ville's inequality the true one is among them at all
/// times with 1 - alpha. Mixture of Robbins, Statistical methods related to the law of the iterated logarithm
/// (1970).
///
/// @param lower bound, 0 if there were no successes
/// @param upper bound, 1 if there were no failures
public record BernoulliSequence(double lower, double upper) {
    /// @param successes s
    /// @param trials s + f
    /// @param alpha how likely the bounds may ever be wrong, in (0, 1)
    public static BernoulliSequence of(long successes, long trials, double alpha) {
        Check.argument(trials >= 0, "trials: %d (expected: >= 0)", trials);
        Check.argument(successes >= 0 && successes <= trials, "successes: %d (expected: 0..%d)", successes, trials);
        Check.argument(alpha > 0 && alpha < 1, "alpha: %s (expected: in (0, 1))", alpha);
        double lower = successes == 0 ? 0 : bound(successes, trials - successes, alpha);
        double upper = successes == trials ? 1 : 1 - bound(trials - successes, successes, alpha);
        return new BernoulliSequence(lower, upper);
    }

    /// The smallest chance of success that is not refuted.
    private static double bound(long successes, long failures, double alpha) {
        double refuted = 0;
        double possible = (double) successes / (double) (successes + failures);
        double middle = possible / 2;
        while (refuted < middle && middle < possible) {
            if (logSupport(successes, failures, middle) > Math.log(alpha)) {
                possible = middle;
            } else {
                refuted = middle;
            }
            middle = (refuted + possible) / 2;
        }
        return possible;
    }

    /// ln(p^s (1 - p)^f B(1/2, 1/2) / B(1/2 + s, 1/2 + f)).
    private static double logSupport(long successes, long failures, double p) {
        double a = 0.5 + (double) successes;
        double b = 0.5 + (double) failures;
        double logOdds = 0.5 * (Math.log(p) + Math.log1p(-p));
        return Stirling.logBeta(a, b, p, 1 - p) - logOdds + Math.log(Math.PI);
    }
}
