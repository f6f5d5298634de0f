package dev.penstock.monitor.statistics;

import dev.penstock.core.Check;

/// Tails of the binomial law, and the bounds on a share that follow from them.
public final class Binomial {
    private Binomial() {}

    /// P(X >= k) for X of `trials` with chance `p` each.
    ///
    /// @param k at most `trials`
    /// @param p in [0, 1]
    public static double atLeast(long k, long trials, double p) {
        return Math.exp(logAtLeast(k, trials, p));
    }

    /// ln P(X >= k).
    public static double logAtLeast(long k, long trials, double p) {
        Check.argument(trials >= 0, "trials: %d (expected: >= 0)", trials);
        Check.argument(k <= trials, "k: %d (expected: <= %d trials)", k, trials);
        Check.argument(p >= 0 && p <= 1, "p: %s (expected: 0..1)", p);
        if (k <= 0) {
            return 0;
        }
        return BetaFunction.logRegularised((double) k, (double) (trials - k) + 1, p, 1 - p);
    }

    /// The largest chance that still gives `k` successes or fewer with probability `alpha`: the exact upper
    /// bound on a share (Clopper and Pearson 1934).
    ///
    /// @param alpha in (0, 1), 0.05 for a bound that holds 95 % of the time
    public static double upperBound(long k, long trials, double alpha) {
        Check.argument(trials > 0, "trials: %d (expected: > 0)", trials);
        Check.argument(k >= 0 && k <= trials, "k: %d (expected: 0..%d)", k, trials);
        Check.argument(alpha > 0 && alpha < 1, "alpha: %s (expected: in (0, 1))", alpha);
        if (k == trials) {
            return 1;
        }
        if (k == 0) {
            return -Math.expm1(Math.log(alpha) / (double) trials);
        }
        double low = (double) k / (double) trials;
        double high = 1;
        double middle = (low + high) / 2;
        while (low < middle && middle < high) {
            if (logAtMost(k, trials, middle) > Math.log(alpha)) {
                low = middle;
            } else {
                high = middle;
            }
            middle = (low + high) / 2;
        }
        return middle;
    }

    private static double logAtMost(long k, long trials, double p) {
        return BetaFunction.logRegularised((double) (trials - k), (double) k + 1, 1 - p, p);
    }
}
