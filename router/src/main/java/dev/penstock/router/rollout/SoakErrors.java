package dev.penstock.router.rollout;

import dev.penstock.monitor.statistics.BernoulliSequence;
import dev.penstock.router.arms.ArmCounts;
import java.util.Locale;

/// Whether a candidate that has all requests fails too often. Nobody is there to compare it with at the same time,
/// and one that is no worse fails more often than the one before did where the hour is worse: so it has to fail
/// more often than what may fail at all, too, counted by requests and with each bucket once. Pure.
///
/// @param fails certainly
/// @param passes fails certainly no more often than what may fail at all
/// @param estimate how many times as often as the default arm before
record SoakErrors(boolean fails, boolean passes, MetricReading.Estimate estimate, String detail) {
    /// @param soak not empty
    /// @param alpha how likely one that fails no more often than `objective` may be said to fail
    /// @param promoteAlpha how likely one that fails more often than that may pass
    static SoakErrors of(Soak soak, double rollbackRatio, double alpha, double promoteAlpha, double objective) {
        ArmCounts alone = soak.candidate();
        ArmCounts before = soak.control();
        BernoulliSequence every = BernoulliSequence.of(alone.failed(), alone.eligible(), alpha / 2);
        BernoulliSequence once = BernoulliSequence.of(ErrorReading.failedOnce(alone), alone.eligibleOnce(), alpha / 2);
        BernoulliSequence everyBefore = BernoulliSequence.of(before.failed(), before.eligible(), alpha / 2);
        BernoulliSequence onceBefore =
                BernoulliSequence.of(ErrorReading.failedOnce(before), before.eligibleOnce(), alpha / 2);
        boolean fails = every.lower() > limit(before, everyBefore, rollbackRatio, objective)
                && once.lower() > limit(before, onceBefore, rollbackRatio, objective);
        double most = BernoulliSequence.of(alone.failed(), alone.eligible(), promoteAlpha)
                .upper();
        return new SoakErrors(
                fails,
                most <= objective,
                new MetricReading.Estimate(
                        rate(alone) / rate(before),
                        every.lower() / everyBefore.upper(),
                        every.upper() / everyBefore.lower()),
                String.format(
                        Locale.ROOT,
                        "%d of %d requests failed (%.2f%%, certainly %.2f%% to %.2f%%; allowed: %.2f%%), of the default arm's before %d of %d (%.2f%%)",
                        alone.failed(),
                        alone.eligible(),
                        percent(alone),
                        100 * every.lower(),
                        100 * every.upper(),
                        100 * limit(before, everyBefore, rollbackRatio, objective),
                        before.failed(),
                        before.eligible(),
                        percent(before)));
    }

    private static double limit(ArmCounts before, BernoulliSequence rate, double ratio, double objective) {
        return before.eligible() == 0 ? objective : Math.max(objective, ratio * rate.upper());
    }

    /// For people: of none, none.
    private static double percent(ArmCounts counts) {
        return counts.eligible() == 0 ? 0 : 100 * rate(counts);
    }

    private static double rate(ArmCounts counts) {
        return (double) counts.failed() / (double) counts.eligible();
    }
}
