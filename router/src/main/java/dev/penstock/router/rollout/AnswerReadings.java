package dev.penstock.router.rollout;

import dev.penstock.monitor.statistics.BernoulliSequence;
import dev.penstock.monitor.statistics.PopulationStability;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.GroupSums;
import dev.penstock.router.evidence.AsymptoticSequence;
import dev.penstock.router.evidence.JackknifeSums;
import dev.penstock.router.evidence.PredictionDrift;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Whether a candidate answers otherwise, or worse. Pure.
final class AnswerReadings {
    private AnswerReadings() {}

    static MetricReading of(EvidenceJudge.Question question, MetricSpec.PredictionDrift metric) {
        Pairs pairs = question.pairs();
        int bins = pairs.bins();
        double threshold = -Math.log(question.alpha());
        if (bins == 0) {
            return question.unknown(metric, "answers of this model are not counted in bins, or none came yet");
        }
        var predictions = pairs.predictions(bins);
        PredictionDrift drift =
                PredictionDrift.of(predictions, question.evidence().differs());
        Verdict verdict = drift.isCritical(question.alpha(), metric.critical())
                ? Verdict.FAIL
                : drift.isEquivalent(metric.critical()) ? Verdict.PASS : Verdict.INSUFFICIENT;
        @Nullable PopulationStability stability = drift.stability();
        double psi = stability == null ? Double.NaN : stability.corrected();
        // However sure it is that something differs: a difference that does not matter is no suspicion.
        double against =
                verdict == Verdict.FAIL ? drift.logEvidence() : Math.min(drift.logEvidence(), suspicion(psi, metric));
        return question.reading(
                metric,
                verdict,
                MetricReading.Evidence.against(against, threshold),
                MetricReading.Estimate.of(psi),
                new MetricReading.Observed(
                        answers(question.totals().controlTotal()),
                        answers(question.totals().candidateTotal())),
                String.format(Locale.ROOT, "PSI %.3f (critical: %.3f)", psi, metric.critical()));
    }

    private static long answers(ArmCounts counts) {
        return Arrays.stream(counts.bins()).sum();
    }

    private static double suspicion(double psi, MetricSpec.PredictionDrift metric) {
        return psi > metric.critical() ? Double.POSITIVE_INFINITY : 0;
    }

    static MetricReading of(EvidenceJudge.Question question, MetricSpec.Disagreement metric) {
        Compared all = question.copies();
        if (all.compared() == 0) {
            return question.unknown(metric, "no copy was compared yet");
        }
        BernoulliSequence against = BernoulliSequence.of(all.disagreements(), all.compared(), question.alpha());
        BernoulliSequence promote = BernoulliSequence.of(all.disagreements(), all.compared(), question.promoteAlpha());
        Verdict verdict = against.lower() > metric.max()
                ? Verdict.FAIL
                : promote.upper() <= metric.max() ? Verdict.PASS : Verdict.INSUFFICIENT;
        return question.reading(
                metric,
                verdict,
                MetricReading.Evidence.NONE,
                new MetricReading.Estimate(
                        (double) all.disagreements() / (double) all.compared(), against.lower(), against.upper()),
                new MetricReading.Observed(all.compared(), all.compared()),
                String.format(
                        Locale.ROOT,
                        "%d of %d copies were answered otherwise, %d not at all (allowed: %.2f%%)",
                        all.different(),
                        all.compared(),
                        all.failed(),
                        100 * metric.max()));
    }

    /// Of the present step only: what feedback says may change with the hour, as shares do with the step. So
    /// each
    /// step is a test of its own, and has its part of what they may cost together.
    static MetricReading of(EvidenceJudge.Question question, MetricSpec.Feedback metric) {
        List<Epoch> step = question.state().all().stream()
                .filter(epoch -> epoch.step() == question.state().step())
                .toList();
        // Where there is one step only, what is said late is of that one, too.
        boolean late = question.comparedSteps() == 1;
        GroupSums ofCanary = told(Pairs.total(step, question.arm()), metric.labels(), late);
        GroupSums ofControl = told(Pairs.total(step, question.spec().control()), metric.labels(), late);
        if (!ofCanary.isSound() || !ofControl.isSound()) {
            return question.unknown(metric, "what was told cannot be added up");
        }
        JackknifeSums canary = sums(ofCanary);
        JackknifeSums control = sums(ofControl);
        if (canary.total() == 0 || control.total() == 0) {
            return question.unknown(metric, "there is no feedback in this step yet");
        }
        double least = Math.hypot(LeastError.of(ofCanary), LeastError.of(ofControl));
        double alpha = question.alpha() / (double) question.comparedSteps();
        AsymptoticSequence against = AsymptoticSequence.ofDifference(canary, control, alpha, least);
        AsymptoticSequence promote = AsymptoticSequence.ofDifference(canary, control, question.promoteAlpha(), least);
        Verdict verdict = against.upper() < -metric.margin()
                ? Verdict.FAIL
                : promote.lower() > -metric.margin() ? Verdict.PASS : Verdict.INSUFFICIENT;
        return question.reading(
                metric,
                verdict,
                MetricReading.Evidence.NONE,
                new MetricReading.Estimate(against.estimate(), against.lower(), against.upper()),
                new MetricReading.Observed(control.total(), canary.total()),
                String.format(
                        Locale.ROOT,
                        "%.4f, the default arm %.4f (allowed: %.4f less)",
                        canary.mean(),
                        control.mean(),
                        metric.margin()));
    }

    private static GroupSums told(ArmCounts counts, boolean labels, boolean late) {
        GroupSums present = labels ? counts.right() : counts.rewards();
        return late ? present.plus(labels ? counts.lateRight() : counts.lateRewards()) : present;
    }

    private static JackknifeSums sums(GroupSums told) {
        return JackknifeSums.of(told.counts(), told.sums());
    }
}
