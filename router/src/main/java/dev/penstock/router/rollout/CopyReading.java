package dev.penstock.router.rollout;

import dev.penstock.router.shadow.CopyShare;
import java.util.Locale;

/// Whether too many of a candidate's copies fail. The default arm answered the same requests, so what may
/// fail at all is all that is allowed. A reading of its own beside that of errors: what is known of copies
/// keeps nobody from being told of callers, and decides only where copies go. Pure.
final class CopyReading {
    /// Of what the metric of errors may cost: copies are many, and soon tell.
    private static final double PART = 0.1;

    private CopyReading() {}

    /// How much of what the metric of errors may cost is for copies.
    static double alpha(EvidenceJudge.Question question) {
        return question.isCopied() ? PART * question.alpha() : 0;
    }

    /// @param question of a candidate that gets copies
    static MetricReading of(EvidenceJudge.Question question, MetricSpec.Errors metric) {
        Compared all = question.copies();
        double alpha = alpha(question);
        if (all.compared() == 0) {
            return unknown(question, metric, "no copy was answered yet");
        }
        double objective = question.spec().rules().objective();
        CopyShare failed = CopyShare.of(all.failed(), all.compared(), all.failures(), alpha);
        CopyShare promote = CopyShare.of(all.failed(), all.compared(), all.failures(), question.promoteAlpha());
        Verdict verdict = failed.lower() > objective
                ? Verdict.FAIL
                : promote.upper() <= objective ? Verdict.PASS : Verdict.INSUFFICIENT;
        return reading(question, metric, verdict, failed, detail(all, failed, objective))
                .suspected(failed.isSuspicious(objective));
    }

    private static MetricReading unknown(EvidenceJudge.Question question, MetricSpec.Errors metric, String detail) {
        return reading(question, metric, Verdict.INSUFFICIENT, CopyShare.NONE, detail);
    }

    private static String detail(Compared all, CopyShare failed, double objective) {
        return String.format(
                Locale.ROOT,
                "%d of %d copies failed (%.2f%%, certainly %.2f%% to %.2f%%; objective: %.2f%%)%s",
                all.failed(),
                all.compared(),
                100 * failed.share(),
                100 * failed.lower(),
                100 * failed.upper(),
                100 * objective,
                failed.certainty());
    }

    private static MetricReading reading(
            EvidenceJudge.Question question,
            MetricSpec.Errors metric,
            Verdict verdict,
            CopyShare failed,
            String detail) {
        long copies = question.copies().compared();
        return new MetricReading(
                MetricReading.COPIES,
                question.arm(),
                verdict,
                metric.required(),
                MetricReading.Evidence.NONE,
                new MetricReading.Estimate(failed.share(), failed.lower(), failed.upper()),
                new MetricReading.Observed(copies, copies),
                detail);
    }
}
