package dev.penstock.router.rollout;

import dev.penstock.monitor.statistics.BernoulliSequence;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.evidence.Bounds;
import dev.penstock.router.evidence.FailureArm;
import dev.penstock.router.evidence.RateDifference;
import java.util.Locale;
import java.util.stream.Stream;

/// Whether a candidate fails more often. Pure.
final class ErrorReading {
    private ErrorReading() {}

    static MetricReading of(EvidenceJudge.Question question, MetricSpec.Errors metric) {
        // Where a soak follows, half of what it may cost is for that.
        double alpha = question.soaks() ? question.alpha() / 2 : question.alpha();
        double threshold = -Math.log(alpha);
        Pairs pairs = question.pairs();
        var dealt = pairs.failures();
        var asked = pairs.failuresOfAsked(Pairs.Failures.ONCE);
        var every = pairs.failuresOfAsked(Pairs.Failures.EVERY);
        double worse = Math.min(
                FailureArm.logWorse(dealt, metric.rollbackRatio()), FailureArm.logWorse(asked, metric.rollbackRatio()));
        double notWorse = Stream.of(dealt, asked, every)
                .mapToDouble(failures -> FailureArm.logNotWorse(failures, metric.promoteRatio()))
                .min()
                .getAsDouble();
        Bounds ratio = FailureArm.ratio(dealt, alpha);
        ArmCounts canary = pairs.candidateTotal();
        ArmCounts control = pairs.controlTotal();
        Soak soak = question.soak();
        boolean soakFails = fails(soak, metric, alpha, question.spec().rules().objective());
        boolean passes = notWorse >= question.promoteThreshold()
                || difference(pairs.lastStep(), question.promoteAlpha()) <= metric.promoteAbsolute();
        Verdict verdict = worse >= threshold || soakFails ? Verdict.FAIL : passes ? Verdict.PASS : Verdict.INSUFFICIENT;
        return question.reading(
                metric,
                verdict,
                new MetricReading.Evidence(worse, threshold, notWorse, question.promoteThreshold()),
                new MetricReading.Estimate(rate(canary) / rate(control), ratio.lower(), ratio.upper()),
                new MetricReading.Observed(control.eligible(), canary.eligible()),
                soak.isEmpty()
                        ? detail(canary, "at the same time", control)
                        : detail(soak.candidate(), "before", soak.control()));
    }

    private static double rate(ArmCounts counts) {
        return (double) failedOnce(counts) / (double) counts.eligibleOnce();
    }

    /// How much more often the canary may fail at most.
    private static double difference(Pairs step, double alpha) {
        ArmCounts canary = step.candidateTotal();
        ArmCounts control = step.controlTotal();
        if (canary.eligibleOnce() == 0 || control.eligibleOnce() == 0) {
            return Double.POSITIVE_INFINITY;
        }
        double once = RateDifference.of(
                        failedOnce(canary), canary.eligibleOnce(), failedOnce(control), control.eligibleOnce(), alpha)
                .upper();
        double every = RateDifference.of(
                        canary.failed(), canary.eligible(), control.failed(), control.eligible(), alpha)
                .upper();
        return Math.max(once, every);
    }

    /// Of those that are eligible once. A bucket that was answered while the arm settled, which is not counted,
    /// and
    /// fails in the same sub-window is only among those that failed.
    static long failedOnce(ArmCounts counts) {
        return Math.min(counts.failedOnce(), counts.eligibleOnce());
    }

    /// Against what there was before; if that is nothing, against what may fail at all.
    private static boolean fails(Soak soak, MetricSpec.Errors metric, double alpha, double objective) {
        if (soak.isEmpty()) {
            return false;
        }
        double least = BernoulliSequence.of(
                        failedOnce(soak.candidate()), soak.candidate().eligibleOnce(), alpha / 2)
                .lower();
        double most = soak.control().eligibleOnce() == 0
                ? objective
                : metric.rollbackRatio()
                        * BernoulliSequence.of(
                                        failedOnce(soak.control()),
                                        soak.control().eligibleOnce(),
                                        alpha / 2)
                                .upper();
        return least > most;
    }

    private static String detail(ArmCounts canary, String when, ArmCounts control) {
        return String.format(
                Locale.ROOT,
                "%d of %d requests failed (%.2f%%), of the default arm's %s %d of %d (%.2f%%)",
                canary.failed(),
                canary.eligible(),
                percent(canary),
                when,
                control.failed(),
                control.eligible(),
                percent(control));
    }

    private static double percent(ArmCounts counts) {
        return counts.eligible() == 0 ? 0 : 100.0 * (double) counts.failed() / (double) counts.eligible();
    }
}
