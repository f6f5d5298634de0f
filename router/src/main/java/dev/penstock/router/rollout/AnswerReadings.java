package dev.penstock.router.rollout;

import dev.penstock.monitor.statistics.PopulationStability;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.PredictionBins;
import dev.penstock.router.evidence.PoolCounts;
import dev.penstock.router.evidence.PredictionDrift;
import dev.penstock.router.shadow.CopyShare;
import java.util.Arrays;
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
            return question.unknown(metric, unpredicted(pairs));
        }
        var predictions = pairs.predictions(bins);
        PredictionDrift drift =
                PredictionDrift.of(predictions, question.evidence().differs());
        boolean tooFew = areTooFew(predictions.largest());
        Verdict verdict = drift.isCritical(question.alpha(), metric.critical())
                ? Verdict.FAIL
                : drift.isEquivalent(metric.critical()) && !tooFew ? Verdict.PASS : Verdict.INSUFFICIENT;
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
                detail(psi, metric, tooFew));
    }

    private static String detail(double psi, MetricSpec.PredictionDrift metric, boolean tooFew) {
        return String.format(Locale.ROOT, "PSI %.3f (critical: %.3f)", psi, metric.critical())
                + (tooFew ? ", of answers that are in too few bins to tell" : "");
    }

    private static boolean areTooFew(@Nullable PoolCounts counts) {
        if (counts == null) {
            return false;
        }
        long[] both = counts.canary();
        for (int bin = 0; bin < both.length; bin++) {
            both[bin] += counts.control(bin);
        }
        return PredictionBins.areTooFew(both);
    }

    private static String unpredicted(Pairs pairs) {
        return pairs.isEmpty()
                ? "it never had a share beside the default arm, whose answers it could be compared with"
                : "answers of this model are not counted in bins, or none came yet";
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
        CopyShare against = share(all, question.alpha());
        CopyShare promote = share(all, question.promoteAlpha());
        Verdict verdict = against.lower() > metric.max()
                ? Verdict.FAIL
                : promote.upper() <= metric.max() ? Verdict.PASS : Verdict.INSUFFICIENT;
        return question.reading(
                        metric,
                        verdict,
                        MetricReading.Evidence.NONE,
                        new MetricReading.Estimate(against.share(), against.lower(), against.upper()),
                        new MetricReading.Observed(all.compared(), all.compared()),
                        detail(all, metric) + against.certainty())
                .suspected(against.isSuspicious(metric.max()));
    }

    private static String detail(Compared all, MetricSpec.Disagreement metric) {
        return String.format(
                Locale.ROOT,
                "%d of %d copies were answered otherwise, %d not at all (allowed: %.2f%%)",
                all.different(),
                all.compared(),
                all.failed(),
                100 * metric.max());
    }

    private static CopyShare share(Compared all, double alpha) {
        return CopyShare.of(all.disagreements(), all.compared(), all.disagreementsByGroup(), alpha);
    }
}
