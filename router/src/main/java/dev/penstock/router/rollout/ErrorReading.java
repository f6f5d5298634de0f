package dev.penstock.router.rollout;

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
        // Where there is a time without a control, half of what it may cost is for that.
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
        var evidence = new MetricReading.Evidence(worse, threshold, notWorse, question.promoteThreshold());
        Soak soak = question.soak();
        if (!soak.isEmpty()) {
            return alone(question, metric, alpha, evidence, soak);
        }
        Pairs step = pairs.lastStep();
        boolean passes = notWorse >= question.promoteThreshold()
                || difference(step, question.promoteAlpha()) <= metric.promoteAbsolute();
        Verdict verdict = worse >= threshold ? Verdict.FAIL : passes ? Verdict.PASS : Verdict.INSUFFICIENT;
        Bounds ratio = FailureArm.ratio(dealt, alpha);
        ArmCounts canary = pairs.candidateTotal();
        ArmCounts control = pairs.controlTotal();
        return question.reading(
                metric,
                verdict,
                evidence,
                // Not that of the totals: those of several steps are of several hours.
                new MetricReading.Estimate(FailureArm.likeliest(dealt), ratio.lower(), ratio.upper()),
                new MetricReading.Observed(control.eligible(), canary.eligible()),
                detail(step.candidateTotal(), step.controlTotal()));
    }

    private static MetricReading alone(
            EvidenceJudge.Question question,
            MetricSpec.Errors metric,
            double alpha,
            MetricReading.Evidence evidence,
            Soak soak) {
        Rules rules = question.spec().rules();
        SoakErrors errors =
                SoakErrors.of(soak, metric.rollbackRatio(), alpha, question.promoteAlpha(), rules.objective());
        boolean fails = evidence.rollback() >= evidence.threshold() || errors.fails();
        return question.reading(
                metric,
                fails ? Verdict.FAIL : errors.passes() ? Verdict.PASS : Verdict.INSUFFICIENT,
                evidence,
                errors.estimate(),
                new MetricReading.Observed(
                        soak.control().eligible(), soak.candidate().eligible()),
                errors.detail());
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

    private static String detail(ArmCounts canary, ArmCounts control) {
        return String.format(
                Locale.ROOT,
                "%d of %d requests failed (%.2f%%), of the default arm's at the same time %d of %d (%.2f%%)",
                canary.failed(),
                canary.eligible(),
                percent(canary),
                control.failed(),
                control.eligible(),
                percent(control));
    }

    private static double percent(ArmCounts counts) {
        return counts.eligible() == 0 ? 0 : 100.0 * (double) counts.failed() / (double) counts.eligible();
    }
}
