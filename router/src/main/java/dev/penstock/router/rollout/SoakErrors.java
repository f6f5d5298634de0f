package dev.penstock.router.rollout;

import dev.penstock.monitor.statistics.BernoulliSequence;
import dev.penstock.router.arms.ArmCounts;
import java.util.Locale;

/// Whether a candidate that has all requests fails too often, or has too many callers go away. Nobody is
/// there to
/// compare it with at the same time, and one that is no worse fails more often than the one before did where
/// the hour
/// is worse: so it has to be above what may fail at all, too, by requests and with each bucket once. It
/// passes by
/// what may fail at all alone, as that is no guess. Pure.
///
/// @param fails certainly above both
/// @param passes certainly not above `objective`
/// @param estimate how many times as often as the default arm before
record SoakErrors(boolean fails, boolean passes, MetricReading.Estimate estimate, String detail) {
    private static final Pairs.Failures EVERY =
            new Pairs.Failures(counts -> counts.failed() + counts.abandoned(), ArmCounts::eligible);
    private static final Pairs.Failures ONCE =
            new Pairs.Failures(counts -> counts.failedOnce() + counts.abandonedOnce(), ArmCounts::eligibleOnce);

    /// @param soak not empty
    /// @param alpha how likely one that fails no more often than `objective` may be said to fail
    /// @param promoteAlpha how likely one that fails more often may pass
    static SoakErrors of(Soak soak, double rollbackRatio, double alpha, double promoteAlpha, double objective) {
        ArmCounts alone = soak.candidate();
        ArmCounts before = soak.control();
        BernoulliSequence every = rate(alone, EVERY, alpha / 2);
        BernoulliSequence everyBefore = rate(before, EVERY, alpha / 2);
        double allowed = allowed(before, everyBefore, rollbackRatio, objective);
        double allowedOnce = allowed(before, rate(before, ONCE, alpha / 2), rollbackRatio, objective);
        boolean fails = every.lower() > allowed && rate(alone, ONCE, alpha / 2).lower() > allowedOnce;
        return new SoakErrors(
                fails,
                rate(alone, EVERY, promoteAlpha).upper() <= objective,
                new MetricReading.Estimate(
                        EVERY.rate(alone) / EVERY.rate(before),
                        every.lower() / everyBefore.upper(),
                        every.upper() / everyBefore.lower()),
                String.format(
                        Locale.ROOT,
                        "%d of %d requests failed or were given up (%.2f%%, certainly %.2f%% to %.2f%%; objective: %.2f%%, rolled back above %.2f%%), of the default arm's before %d of %d (%.2f%%)",
                        EVERY.failed(alone),
                        alone.eligible(),
                        percent(alone),
                        100 * every.lower(),
                        100 * every.upper(),
                        100 * objective,
                        100 * allowed,
                        EVERY.failed(before),
                        before.eligible(),
                        percent(before)));
    }

    private static BernoulliSequence rate(ArmCounts counts, Pairs.Failures which, double alpha) {
        return BernoulliSequence.of(which.failed(counts), which.eligible().applyAsLong(counts), alpha);
    }

    private static double allowed(ArmCounts before, BernoulliSequence rate, double ratio, double objective) {
        return before.eligible() == 0 ? objective : Math.max(objective, ratio * rate.upper());
    }

    /// For people: of none, none.
    private static double percent(ArmCounts counts) {
        return counts.eligible() == 0 ? 0 : 100 * EVERY.rate(counts);
    }
}
