package dev.penstock.router.rollout;

import dev.penstock.monitor.statistics.BernoulliSequence;
import dev.penstock.router.arms.ArmCounts;
import java.util.Locale;

/// Whether a candidate that has all requests fails too often, or has too many callers go away. Nobody is
/// there to compare it with at the same time, and one that is no worse fails more often than the one before
/// did where the hour is worse: so it has to be above what may fail at all, too, by requests and with each
/// bucket once. It passes by what may fail at all, but not if it may fail far more often than the one before,
/// which no hour explains. Pure.
///
/// @param fails certainly above both
/// @param passes certainly not above `objective`, nor far above what was before
/// @param estimate how many times as often as the default arm before
record SoakErrors(boolean fails, boolean passes, MetricReading.Estimate estimate, String detail) {
    private static final Pairs.Failures EVERY =
            new Pairs.Failures(counts -> counts.failed() + counts.abandoned(), ArmCounts::eligible);
    private static final Pairs.Failures ONCE =
            new Pairs.Failures(counts -> counts.failedOnce() + counts.abandonedOnce(), ArmCounts::eligibleOnce);

    /// How many times as often as before is not far above it.
    private static final double FAR = 5;

    /// Nor is that.
    private static final double FEW = 0.01;

    /// Half of what both kinds may cost.
    private static final double PART = 0.5;

    /// @param soak not empty
    /// @param alpha how likely one that fails no more often than `objective` may be said to fail
    /// @param promoteAlpha how likely one that fails more often may pass
    static SoakErrors of(Soak soak, double rollbackRatio, double alpha, double promoteAlpha, double objective) {
        ArmCounts alone = soak.candidate();
        ArmCounts before = soak.control();
        Limit limit = new Limit(rollbackRatio, PART * alpha, objective);
        BernoulliSequence every = rate(alone, EVERY, limit.alpha() / 2);
        BernoulliSequence everyBefore = rate(before, EVERY, limit.alpha() / 2);
        double allowed = limit.allowed(before, EVERY);
        double enough = limit.enough(before, EVERY);
        // What callers do wrong does not keep it from passing.
        boolean refuses =
                limit.isPassed(soak, Pairs.Failures.REFUSED_EVERY) && limit.isPassed(soak, Pairs.Failures.REFUSED_ONCE);
        return new SoakErrors(
                refuses || (limit.isPassed(soak, EVERY) && limit.isPassed(soak, ONCE)),
                rate(alone, EVERY, promoteAlpha).upper() <= enough,
                new MetricReading.Estimate(
                        EVERY.rate(alone) / EVERY.rate(before),
                        every.lower() / everyBefore.upper(),
                        every.upper() / everyBefore.lower()),
                String.format(
                        Locale.ROOT,
                        "%d of %d requests failed or were given up (%.2f%%, certainly %.2f%% to %.2f%%; objective: %.2f%%, rolled back above %.2f%%, passes up to %.2f%%), of the default arm's before %d of %d (%.2f%%)%s",
                        EVERY.failed(alone),
                        alone.eligible(),
                        percent(alone),
                        100 * every.lower(),
                        100 * every.upper(),
                        100 * objective,
                        100 * allowed,
                        100 * enough,
                        EVERY.failed(before),
                        before.eligible(),
                        percent(before),
                        refused(alone, before, limit)));
    }

    private static String refused(ArmCounts alone, ArmCounts before, Limit limit) {
        return alone.refused() == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        "; %d were refused (%.2f%%, rolled back above %.2f%%), of the default arm's before %d",
                        alone.refused(),
                        100 * Pairs.Failures.REFUSED_EVERY.rate(alone),
                        100 * limit.allowed(before, Pairs.Failures.REFUSED_EVERY),
                        before.refused());
    }

    /// How often something may be certain to happen.
    private record Limit(double ratio, double alpha, double objective) {
        boolean isPassed(Soak soak, Pairs.Failures which) {
            return rate(soak.candidate(), which, alpha / 2).lower() > allowed(soak.control(), which);
        }

        double enough(ArmCounts before, Pairs.Failures which) {
            return before.eligible() == 0
                    ? objective
                    : Math.min(
                            objective,
                            Math.max(FEW, FAR * rate(before, which, alpha / 2).upper()));
        }

        double allowed(ArmCounts before, Pairs.Failures which) {
            return before.eligible() == 0
                    ? objective
                    : Math.max(objective, ratio * rate(before, which, alpha / 2).upper());
        }
    }

    private static BernoulliSequence rate(ArmCounts counts, Pairs.Failures which, double alpha) {
        return BernoulliSequence.of(which.failed(counts), which.eligible().applyAsLong(counts), alpha);
    }

    /// For people: of none, none.
    private static double percent(ArmCounts counts) {
        return counts.eligible() == 0 ? 0 : 100 * EVERY.rate(counts);
    }
}
