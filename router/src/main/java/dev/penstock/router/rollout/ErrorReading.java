package dev.penstock.router.rollout;

import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.evidence.Bounds;
import dev.penstock.router.evidence.Combined;
import dev.penstock.router.evidence.FailureArm;
import java.util.Locale;

/// Whether a candidate fails more often, or has more callers go away before they are answered, or fails copies
/// that the default arm answered. Pure.
final class ErrorReading {
    private ErrorReading() {}

    static MetricReading of(EvidenceJudge.Question question, MetricSpec.Errors metric) {
        double ofRequests = question.alpha() - CopyErrors.alpha(question);
        // Where there is a time without a control, half of what it may cost is for that.
        double alpha = question.soaks() ? ofRequests / 2 : ofRequests;
        FailureEvidence failed = FailureEvidence.ofFailed(question);
        FailureEvidence abandoned = FailureEvidence.ofAbandoned(question);
        var evidence = new MetricReading.Evidence(
                // Half of the stake on each: the mean of e-values is one, however they depend on each other.
                Combined.logMean(failed.logWorse(), abandoned.logWorse()),
                -Math.log(alpha),
                failed.logNotWorse(),
                question.promoteThreshold());
        Soak soak = question.soak();
        return soak.isEmpty()
                ? together(question, metric, evidence, failed, abandoned)
                : alone(question, metric, alpha, evidence, soak);
    }

    private static MetricReading together(
            EvidenceJudge.Question question,
            MetricSpec.Errors metric,
            MetricReading.Evidence evidence,
            FailureEvidence failed,
            FailureEvidence abandoned) {
        // Who asks for a ratio of errors does not ask for callers who go away: there may be none.
        double allowed = Math.max(metric.promoteAbsolute(), MetricSpec.Errors.STANDARD.promoteAbsolute());
        double threshold = evidence.promoteThreshold();
        boolean passes = (failed.logNotWorse() >= threshold
                        || Math.max(failed.mostMore(), failed.mostMoreOnce()) <= metric.promoteAbsolute())
                && (abandoned.logNotWorse() >= threshold || abandoned.mostMore() <= allowed);
        CopyErrors copies = CopyErrors.of(question);
        boolean fails = evidence.rollback() >= evidence.threshold() || copies.fails();
        Bounds ratio = FailureArm.ratio(failed.dealt(), Math.exp(-evidence.threshold()));
        Pairs totals = question.totals();
        Pairs step = totals.lastStep();
        return question.reading(
                metric,
                fails ? Verdict.FAIL : passes ? Verdict.PASS : Verdict.INSUFFICIENT,
                evidence,
                // Not that of the totals: those of several steps are of several hours.
                new MetricReading.Estimate(FailureArm.likeliest(failed.dealt()), ratio.lower(), ratio.upper()),
                observed(totals, copies),
                detail(step, copies));
    }

    private static MetricReading.Observed observed(Pairs totals, CopyErrors copies) {
        return totals.isEmpty()
                ? new MetricReading.Observed(copies.copies(), copies.copies())
                : new MetricReading.Observed(
                        totals.controlTotal().eligible(),
                        totals.candidateTotal().eligible());
    }

    private static String detail(Pairs step, CopyErrors copies) {
        if (copies.copies() == 0) {
            return detail(step.candidateTotal(), step.controlTotal());
        }
        return step.isEmpty()
                ? copies.detail()
                : detail(step.candidateTotal(), step.controlTotal()) + "; " + copies.detail();
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
        boolean fails = evidence.rollback() >= evidence.threshold()
                || errors.fails()
                || CopyErrors.of(question).fails();
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
                "%d of %d requests failed (%.2f%%), of the default arm's at the same time %d of %d (%.2f%%)%s",
                canary.failed(),
                canary.eligible(),
                percent(canary.failed(), canary),
                control.failed(),
                control.eligible(),
                percent(control.failed(), control),
                abandoned(canary, control));
    }

    private static String abandoned(ArmCounts canary, ArmCounts control) {
        return canary.abandoned() == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        "; callers went away from %d (%.2f%%) and %d (%.2f%%)",
                        canary.abandoned(),
                        percent(canary.abandoned(), canary),
                        control.abandoned(),
                        percent(control.abandoned(), control));
    }

    private static double percent(long part, ArmCounts counts) {
        return counts.eligible() == 0 ? 0 : 100.0 * (double) part / (double) counts.eligible();
    }
}
