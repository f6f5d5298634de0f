package dev.penstock.router.rollout;

import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.evidence.Bounds;
import dev.penstock.router.evidence.Combined;
import dev.penstock.router.evidence.FailureArm;
import java.util.Locale;

/// Whether a candidate fails more often, has more callers go away before they are answered, or
/// refuses more. Pure.
final class ErrorReading {
    private ErrorReading() {}

    static MetricReading of(EvidenceJudge.Question question, MetricSpec.Errors metric) {
        double ofRequests = question.alpha() - CopyReading.alpha(question);
        // Where there is a time without a control, half of what it may cost is for that.
        double alpha = question.soaks() ? ofRequests / 2 : ofRequests;
        Kinds kinds = new Kinds(
                FailureEvidence.ofFailed(question),
                FailureEvidence.ofAbandoned(question),
                FailureEvidence.ofRefused(question));
        var evidence = new MetricReading.Evidence(
                kinds.logWorse(), -Math.log(alpha), kinds.failed().logNotWorse(), question.promoteThreshold());
        Soak soak = question.soak();
        return soak.isEmpty()
                ? together(question, metric, evidence, kinds)
                : alone(question, metric, alpha, evidence, soak);
    }

    /// Of what is no answer.
    private record Kinds(FailureEvidence failed, FailureEvidence abandoned, FailureEvidence refused) {
        /// A third of the stake on each: the mean of e-values is one, however they depend on each other.
        double logWorse() {
            return Combined.logMean(failed.logWorse(), abandoned.logWorse(), refused.logWorse());
        }

        /// The strongest of the present step alone. Nothing is rolled back for it, so it is not divided.
        double logWorseInStep() {
            return Math.max(failed.logWorseInStep(), Math.max(abandoned.logWorseInStep(), refused.logWorseInStep()));
        }

        boolean passes(MetricSpec.Errors metric, double threshold) {
            // Who asks for a ratio of errors does not ask for callers who go away: there may be none.
            double allowed = Math.max(metric.promoteAbsolute(), MetricSpec.Errors.STANDARD.promoteAbsolute());
            boolean fewFail = failed.logNotWorse() >= threshold
                    || Math.max(failed.mostMore(), failed.mostMoreOnce()) <= metric.promoteAbsolute();
            return fewFail && passes(abandoned, allowed, threshold) && passes(refused, allowed, threshold);
        }

        private static boolean passes(FailureEvidence kind, double allowed, double threshold) {
            return kind.logNotWorse() >= threshold || kind.isWithin(allowed);
        }
    }

    private static MetricReading together(
            EvidenceJudge.Question question, MetricSpec.Errors metric, MetricReading.Evidence evidence, Kinds kinds) {
        FailureEvidence failed = kinds.failed();
        double inStep = kinds.logWorseInStep();
        boolean suspected = inStep >= MetricReading.SUSPICION;
        boolean passes = !suspected && kinds.passes(metric, evidence.promoteThreshold());
        boolean fails = evidence.rollback() >= evidence.threshold();
        // What so many failures that count for one say of the threshold, all of them say of so many times that.
        double enough = evidence.threshold() * question.repeats().failed();
        Bounds ratio = FailureArm.ratio(failed.dealt(), Math.max(Double.MIN_NORMAL, Math.exp(-enough)));
        Pairs totals = question.totals();
        Pairs step = totals.lastStep();
        return question.reading(
                        metric,
                        fails ? Verdict.FAIL : passes ? Verdict.PASS : Verdict.INSUFFICIENT,
                        evidence,
                        // Not that of the totals: those of several steps are of several hours.
                        new MetricReading.Estimate(FailureArm.likeliest(failed.dealt()), ratio.lower(), ratio.upper()),
                        new MetricReading.Observed(
                                totals.controlTotal().eligible(),
                                totals.candidateTotal().eligible()),
                        detail(step.candidateTotal(), step.controlTotal()) + (suspected ? suspicion(inStep) : ""))
                .suspected(suspected);
    }

    private static String suspicion(double inStep) {
        return String.format(
                Locale.ROOT,
                "; some evidence of this step alone against it (ln E %.1f, expected: below %.1f)",
                inStep,
                MetricReading.SUSPICION);
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

    private static String detail(ArmCounts canary, ArmCounts control) {
        return String.format(
                Locale.ROOT,
                "%d of %d requests failed (%.2f%%), of the default arm's at the same time %d of %d (%.2f%%)%s%s",
                canary.failed(),
                canary.eligible(),
                percent(canary.failed(), canary),
                control.failed(),
                control.eligible(),
                percent(control.failed(), control),
                others(
                        "callers went away from",
                        canary.abandoned(),
                        percent(canary.abandoned(), canary),
                        control.abandoned(),
                        percent(control.abandoned(), control)),
                others(
                        "refused were",
                        canary.refused(),
                        percent(canary.refused(), canary),
                        control.refused(),
                        percent(control.refused(), control)));
    }

    private static String others(String what, long canary, double percent, long control, double percentOfControl) {
        return canary == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        "; %s %d (%.2f%%) and %d (%.2f%%)",
                        what,
                        canary,
                        percent,
                        control,
                        percentOfControl);
    }

    private static double percent(long part, ArmCounts counts) {
        return counts.eligible() == 0 ? 0 : 100.0 * (double) part / (double) counts.eligible();
    }
}
