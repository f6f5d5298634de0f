package dev.penstock.router.evidence;

import dev.penstock.core.Check;
import dev.penstock.core.LatencyScale;
import dev.penstock.monitor.statistics.BetaFunction;
import java.util.List;

/// Whether a quantile of a canary's latency is above its control's by more than a factor, from histograms with
/// buckets of equal ratio: there a factor is a shift of the index.
///
/// If it is not, there is a bucket bound such that the canary's quantile is not above it and the control's,
/// times the factor, not below the one under it: the first bound that is not below the canary's. So for each
/// bound two bets are made, that less than p of the canary's are up to it and that more than p of the
/// control's are up to it over the factor, each a Beta mixture over the chances on that side (concentration
/// 100); the product of both that is the smallest over all bounds is the evidence. Taking the bound below for
/// the control makes what the buckets hide count against it. Idea: Howard and Ramdas, Sequential estimation
/// of quantiles (2022).
///
/// Immutable; any thread.
public final class QuantileTest {
    private static final double CONCENTRATION = 100;

    /// One part in a hundred, in buckets: 1.19 and 1.41 are meant to be 4 and 8 of them.
    private static final double NEAR = Math.log(1.01) / Math.log(2) * (1 << LatencyScale.SCHEMA);

    private final Half canaryLater;
    private final Half controlSooner;

    private QuantileTest(double p) {
        canaryLater = new Half(p, false);
        controlSooner = new Half(p, true);
    }

    /// @param p which quantile, in (0, 1)
    public static QuantileTest of(double p) {
        Check.argument(p > 0 && p < 1, "p: %s (expected: in (0, 1))", p);
        return new QuantileTest(p);
    }

    /// How many buckets of [LatencyScale] are at least a factor, or as near to it as one part in a hundred:
    /// whoever is no slower than the factor is not above it.
    ///
    /// @param factor positive, 1.19 for a margin of 19 %
    public static int shiftAtLeast(double factor) {
        return (int) Math.ceil(buckets(factor) - NEAR);
    }

    /// How many are at most a factor, or as near to it.
    ///
    /// @param factor positive, 1.41 for a margin of 41 %
    public static int shiftAtMost(double factor) {
        return (int) Math.floor(buckets(factor) + NEAR);
    }

    /// The factor that a shift is.
    public static double factorOf(int shift) {
        return StrictMath.pow(2, (double) shift / (1 << LatencyScale.SCHEMA));
    }

    private static double buckets(double factor) {
        Check.argument(factor > 0 && factor < 1e6, "factor: %s (expected: > 0, < 1e6)", factor);
        return Math.log(factor) / Math.log(2) * (1 << LatencyScale.SCHEMA);
    }

    /// ln E of that the canary's quantile is above the control's by more than the shift. Steps are taken
    /// together as [Combined#logOfSteps] does: one with more of the canary at another hour would else pass
    /// for slowness.
    ///
    /// @param latencies by division and bucket
    /// @param shift in buckets, not negative for a margin that is allowed
    public double logSlower(PairCounts latencies, int shift) {
        List<PoolCounts> pools = latencies.pools();
        double[] logEValues = new double[pools.size()];
        for (int i = 0; i < logEValues.length; i++) {
            logEValues[i] = logSlower(pools.get(i).canary(), pools.get(i).control(), shift);
        }
        return Combined.logOfSteps(logEValues);
    }

    /// ln E of that the canary's quantile is below the control's moved up by the shift.
    ///
    /// @param shift in buckets, not negative for a margin that is allowed
    public double logNotSlower(PairCounts latencies, int shift) {
        List<PoolCounts> pools = latencies.pools();
        double[] logEValues = new double[pools.size()];
        for (int i = 0; i < logEValues.length; i++) {
            logEValues[i] = logSlower(pools.get(i).control(), pools.get(i).canary(), -shift);
        }
        return Combined.logOfSteps(logEValues);
    }

    /// The same of one division: ln E of that the quantile of `latencies` is above that of `others` by more
    /// than the shift.
    public double logSlower(long[] latencies, long[] others, int shift) {
        return logSlower(latencies, others, shift, 1);
    }

    /// The same where so many count for one.
    ///
    /// @param divisor positive
    public double logSlower(long[] latencies, long[] others, int shift, double divisor) {
        int buckets = latencies.length;
        Check.argument(others.length == buckets, "others: %d buckets (expected: %d)", others.length, buckets);
        Check.argument(divisor > 0, "divisor: %s (expected: > 0)", divisor);
        return new Search(cumulative(latencies), cumulative(others), shift, divisor).least();
    }

    private static long[] cumulative(long[] counts) {
        long[] sums = counts.clone();
        for (int i = 1; i < sums.length; i++) {
            sums[i] += sums[i - 1];
        }
        return sums;
    }

    /// For the smallest product: one of its factors grows from bound to bound and the other falls.
    private final class Search {
        private final long[] canary;
        private final long[] control;
        private final int shift;
        private final double divisor;
        private final int last;

        Search(long[] canary, long[] control, int shift, double divisor) {
            this.canary = canary;
            this.control = control;
            this.shift = shift;
            this.divisor = divisor;
            this.last = canary.length - 1;
        }

        double least() {
            if (canary[last] == 0 || control[last] == 0) {
                return 0;
            }
            int start = 0;
            while (canaryLater.isBelow(canary[start], canary[last])) {
                start++;
            }
            double least = ofCanary(start) + ofControl(start);
            double leastOfCanary = ofCanary(last);
            double fromControl = ofControl(start);
            for (int bound = start + 1; bound <= last && fromControl + leastOfCanary < least; bound++) {
                if (differs(bound, bound - 1)) {
                    fromControl = ofControl(bound);
                    least = Math.min(least, ofCanary(bound) + fromControl);
                }
            }
            double leastOfControl = ofControl(0);
            double fromCanary = ofCanary(start);
            for (int bound = start - 1; bound >= 0 && fromCanary + leastOfControl < least; bound--) {
                if (differs(bound, bound + 1)) {
                    fromCanary = ofCanary(bound);
                    least = Math.min(least, fromCanary + ofControl(bound));
                }
            }
            return least;
        }

        private boolean differs(int bound, int other) {
            return canary[bound] != canary[other] || controlUpTo(bound) != controlUpTo(other);
        }

        private double ofCanary(int bound) {
            return canaryLater.logEValue(canary[bound], canary[last], divisor);
        }

        private double ofControl(int bound) {
            return controlSooner.logEValue(controlUpTo(bound), control[last], divisor);
        }

        /// The last bucket has no bound: what is known of the control up to there ends one below it.
        private long controlUpTo(int bound) {
            int at = Math.min(bound - 1 - shift, last - 1);
            return at < 0 ? 0 : control[at];
        }
    }

    /// A bet on that a chance is on one side of p, by a Beta law around p that is cut off there.
    private static final class Half {
        private final double p;
        private final boolean above;
        private final double a;
        private final double b;
        private final double logPrior;

        Half(double p, boolean above) {
            this.p = p;
            this.above = above;
            this.a = CONCENTRATION * p;
            this.b = CONCENTRATION * (1 - p);
            this.logPrior = logPart(a, b);
        }

        boolean isBelow(long successes, long trials) {
            return (double) successes < p * (double) trials;
        }

        double logEValue(long successes, long trials, double divisor) {
            double s = (double) successes / divisor;
            double f = (double) (trials - successes) / divisor;
            return logPart(a + s, b + f) - logPrior - s * Math.log(p) - f * Math.log1p(-p);
        }

        private double logPart(double alpha, double beta) {
            double logShare = above
                    ? BetaFunction.logRegularised(beta, alpha, 1 - p, p)
                    : BetaFunction.logRegularised(alpha, beta, p, 1 - p);
            return BetaFunction.logBeta(alpha, beta) + logShare;
        }
    }
}
