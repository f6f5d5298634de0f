package dev.penstock.router.evidence;

import dev.penstock.core.Check;

/// Whether a canary fails more often than its control, by nothing but whose the failures are.
///
/// A request that failed, of one or the other, is the canary's with chance w theta / (w theta + 1 - w), where
/// w is its share of requests and theta how many times as often it fails. How often requests fail at all does
/// not occur in that: it may change as it likes, with the hour or with an outage behind both. Evidence is the
/// likelihood of 32 larger ratios, on average, over that of the margin. Source: Lindon and Malek,
/// Anytime-valid inference for multinomial count data (2022).
///
/// Counts have one slot, the failures. Of one unit failures depend on each other: whoever counts takes each
/// bucket once in a while only.
public final class FailureArm {
    /// ln of the ratios that bounds are looked for among.
    private static final double FARTHEST = 30;

    private FailureArm() {}

    /// ln E of that the canary fails more than `margin` times as often as the control. By chance it reaches
    /// ln(1/alpha) with alpha or less, however often one looks.
    ///
    /// @param failures by division, one slot
    /// @param margin positive; 1: not at all
    public static double logWorse(PairCounts failures, double margin) {
        return FailureBets.worse(failures, margin).logEvidence();
    }

    /// ln E of that it fails less than `margin` times as often.
    ///
    /// @param margin positive
    public static double logNotWorse(PairCounts failures, double margin) {
        return FailureBets.notWorse(failures, margin).logEvidence();
    }

    /// All ratios that have not been refuted: how many times as often the canary fails.
    ///
    /// @param alpha in (0, 1)
    public static Bounds ratio(PairCounts failures, double alpha) {
        Check.argument(alpha > 0 && alpha < 1, "alpha: %s (expected: in (0, 1))", alpha);
        FailureBets.check(failures, 1);
        double enough = Math.log(2 / alpha);
        double lower = refutedUpTo(failures, enough, 1);
        double upper = -refutedUpTo(failures, enough, -1);
        return new Bounds(
                lower == Double.NEGATIVE_INFINITY ? 0 : Math.exp(lower),
                upper == Double.POSITIVE_INFINITY ? upper : Math.exp(upper));
    }

    /// How many times as often the canary fails, as is likeliest: always within the bounds of [#ratio].
    ///
    /// @return 0 if only the control failed, infinity if only the canary did, NaN if neither
    public static double likeliest(PairCounts failures) {
        FailureBets.check(failures, 1);
        if (failures.canaryTotal() == 0 || failures.controlTotal() == 0) {
            return (double) failures.canaryTotal() / (double) failures.controlTotal();
        }
        double lower = -FARTHEST;
        double upper = FARTHEST;
        double middle = 0;
        while (lower < middle && middle < upper) {
            if (expected(failures, Math.exp(middle)) < (double) failures.canaryTotal()) {
                lower = middle;
            } else {
                upper = middle;
            }
            middle = (lower + upper) / 2;
        }
        return Math.exp(middle);
    }

    /// How many of the failures would be the canary's.
    private static double expected(PairCounts failures, double ratio) {
        double sum = 0;
        for (PoolCounts counts : failures.pools()) {
            double odds = counts.pool().odds() * ratio;
            sum += (double) (counts.canary(0) + counts.control(0)) * odds / (1 + odds);
        }
        return sum;
    }

    /// The logarithm of a likelihood is concave in that of the ratio, so evidence falls with the margin.
    ///
    /// @param side 1: from below; -1: from above, with the sign turned
    private static double refutedUpTo(PairCounts failures, double enough, int side) {
        double refuted = -FARTHEST;
        double possible = FARTHEST;
        if (logEvidence(failures, side * refuted, side) < enough) {
            return Double.NEGATIVE_INFINITY;
        }
        double middle = 0;
        while (refuted < middle && middle < possible) {
            if (logEvidence(failures, side * middle, side) >= enough) {
                refuted = middle;
            } else {
                possible = middle;
            }
            middle = (refuted + possible) / 2;
        }
        return possible;
    }

    private static double logEvidence(PairCounts failures, double logMargin, int side) {
        return FailureBets.of(failures, logMargin, side).logEvidence();
    }
}
