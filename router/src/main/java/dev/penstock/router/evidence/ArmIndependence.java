package dev.penstock.router.evidence;

import dev.penstock.core.Check;
import dev.penstock.monitor.statistics.BetaFunction;

/// Whether what the arms had tells which arm it was: a class predicted, a bin of scores, a bucket of latency.
///
/// If it does not, then of each slot the canary's share is its share of requests, whatever the slots' own
/// shares do meanwhile. For each slot and division a Beta law around that share bets against it. The idea is
/// that of [FailureArm], with slots in place of failures.
public final class ArmIndependence {
    /// How closely the bets keep to the share, in requests of a slot.
    public static final double CONCENTRATION = 200;

    private ArmIndependence() {}

    /// ln E of that the canary's distribution is another one than the control's.
    ///
    /// @param counts by division and slot; of one unit no more than one, since what it gets depends on
    ///     what it got
    public static double logDiffers(PairCounts counts) {
        return logDiffers(counts, CONCENTRATION);
    }

    /// The same of one division.
    static double logDiffers(PoolCounts counts) {
        return logDiffers(counts, CONCENTRATION);
    }

    /// The same with another concentration.
    ///
    /// @param concentration positive; a smaller one bets on larger differences
    public static double logDiffers(PairCounts counts, double concentration) {
        Check.argument(concentration > 0, "concentration: %s (expected: > 0)", concentration);
        double sum = 0;
        for (PoolCounts pool : counts.pools()) {
            sum += logDiffers(pool, concentration);
        }
        return sum;
    }

    private static double logDiffers(PoolCounts counts, double concentration) {
        double share = counts.pool().share();
        double sum = 0;
        for (int i = 0; i < counts.slots(); i++) {
            sum += logEValue(counts.canary(i), counts.control(i), share, concentration);
        }
        return sum;
    }

    private static double logEValue(long canary, long control, double share, double concentration) {
        if (canary == 0 && control == 0) {
            return 0;
        }
        double a = concentration * share;
        double b = concentration * (1 - share);
        return BetaFunction.logBeta(a + (double) canary, b + (double) control)
                - BetaFunction.logBeta(a, b)
                - (double) canary * Math.log(share)
                - (double) control * Math.log1p(-share);
    }
}
