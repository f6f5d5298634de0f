package dev.penstock.router.rollout;

import dev.penstock.router.evidence.AsymptoticSequence;
import dev.penstock.router.evidence.Strata;
import java.util.Locale;

/// Whether what callers say of a candidate's answers is worse than what they say of the default arm's. Pure.
///
/// Arms are compared while shares were the same, as what feedback says may change with the hour. Of all steps
/// together, since much is said only when the next step has begun; and of the present step alone, since who was
/// good for hours may become worse.
final class FeedbackReading {
    /// As sure as evidence is that keeps a candidate from going on.
    private static final double SUSPICION = Math.exp(-MetricReading.SUSPICION);

    private FeedbackReading() {}

    /// One of the two.
    ///
    /// @param against the difference as sure as a rollback has to be
    private record Part(Strata told, AsymptoticSequence against, String where) {
        static Part of(Strata told, double alpha, String where) {
            return new Part(told, AsymptoticSequence.ofDifference(told, alpha), where);
        }

        boolean fails(MetricSpec.Feedback metric) {
            return against.upper() < -metric.margin();
        }
    }

    static MetricReading of(EvidenceJudge.Question question, MetricSpec.Feedback metric) {
        Strata told = told(question, metric.labels(), false);
        if (told.isEmpty()) {
            String what = metric.labels() ? "labels" : "rewards";
            return question.unknown(metric, "there are no %s of both arms yet".formatted(what));
        }
        int steps = question.comparedSteps();
        if (steps == 1) {
            return reading(question, metric, Part.of(told, question.alpha(), ""), told, isLower(told, metric), "");
        }
        // Each step is a test of its own: half of what may be lost is for these, and all have an equal part.
        Part whole = Part.of(told, question.alpha() / 2, "");
        Strata ofStep = told(question, metric.labels(), true);
        Part step = Part.of(ofStep, question.alpha() / 2 / (double) steps, " in this step");
        boolean lowerNow = isLower(ofStep, metric);
        boolean worseNow = step.fails(metric) && !whole.fails(metric);
        return reading(
                question,
                metric,
                worseNow ? step : whole,
                told,
                lowerNow || isLower(told, metric),
                lowerNow ? "; what is said of this step alone is lower" : "");
    }

    /// Whether a little speaks for that.
    private static boolean isLower(Strata told, MetricSpec.Feedback metric) {
        return AsymptoticSequence.ofDifference(told, SUSPICION).upper() < -metric.margin();
    }

    /// @param part that fails, if one does
    /// @param told all that was
    /// @param suspected whether a little of that speaks against the candidate
    /// @param note on that, for people
    private static MetricReading reading(
            EvidenceJudge.Question question,
            MetricSpec.Feedback metric,
            Part part,
            Strata told,
            boolean suspected,
            String note) {
        AsymptoticSequence promote = AsymptoticSequence.ofDifference(told, question.promoteAlpha());
        boolean passes = !suspected && promote.lower() > -metric.margin();
        AsymptoticSequence against = part.against();
        return question.reading(
                        metric,
                        part.fails(metric) ? Verdict.FAIL : passes ? Verdict.PASS : Verdict.INSUFFICIENT,
                        MetricReading.Evidence.NONE,
                        new MetricReading.Estimate(against.estimate(), against.lower(), against.upper()),
                        new MetricReading.Observed(
                                part.told().controlTotal(), part.told().canaryTotal()),
                        detail(metric, part) + clipped(question, metric) + note)
                .suspected(suspected)
                .with(Lift.of(question.spec(), metric, told));
    }

    private static String detail(MetricSpec.Feedback metric, Part part) {
        return String.format(
                Locale.ROOT,
                "%.4f, the default arm %.4f%s (allowed: %.4f less)",
                part.told().canaryMean(),
                part.told().controlMean(),
                part.where(),
                metric.margin());
    }

    /// Of all steps.
    private static String clipped(EvidenceJudge.Question question, MetricSpec.Feedback metric) {
        Pairs totals = question.totals();
        long clipped = totals.candidateTotal().clipped() + totals.controlTotal().clipped();
        return metric.labels() || clipped == 0
                ? ""
                : "; %d rewards were beyond %s and counted for the nearer of these".formatted(clipped, metric.range());
    }

    /// @param ofStep of the present one only
    private static Strata told(EvidenceJudge.Question question, boolean labels, boolean ofStep) {
        RolloutState state = question.state();
        // Where there is one step only, what is said of nobody knows which shares is of that one, too; but of
        // which of a bandit's?
        boolean late = question.comparedSteps() == 1 && question.spec().strategy() != Strategy.BANDIT;
        PastTold past = state.past().told(question.arm());
        Strata told = ofStep ? past.told(state.step(), labels) : past.all().of(labels);
        for (Epoch epoch : state.epochs()) {
            if (!ofStep || epoch.step() == state.step()) {
                told = PastTold.with(
                        told, epoch, question.arm(), question.spec().control(), labels, late);
            }
        }
        return told;
    }
}
