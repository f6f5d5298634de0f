package dev.penstock.router.rollout;

import java.util.Locale;

/// Whether too many of a candidate's copies fail. The default arm answered the same requests, so what may fail at
/// all is all that is allowed. Pure.
///
/// @param copies that were answered or failed
/// @param fails certainly more than `objective`
/// @param detail "" where there are no copies
record CopyErrors(long copies, boolean fails, String detail) {
    /// Of what the metric may cost: copies are many, and soon tell.
    private static final double PART = 0.1;

    static final CopyErrors NONE = new CopyErrors(0, false, "");

    /// How much of what the metric may cost is for copies.
    static double alpha(EvidenceJudge.Question question) {
        return question.isCopied() ? PART * question.alpha() : 0;
    }

    static CopyErrors of(EvidenceJudge.Question question) {
        Compared all = question.copies();
        double alpha = alpha(question);
        if (all.compared() == 0 || alpha == 0) {
            return NONE;
        }
        double objective = question.spec().rules().objective();
        CopyShare failed = CopyShare.of(all.failed(), all.compared(), all.failures(), alpha);
        return new CopyErrors(
                all.compared(),
                failed.lower() > objective,
                String.format(
                        Locale.ROOT,
                        "%d of %d copies failed (%.2f%%, certainly %.2f%% at least; objective: %.2f%%)",
                        all.failed(),
                        all.compared(),
                        100 * failed.share(),
                        100 * failed.lower(),
                        100 * objective));
    }
}
