package dev.penstock.router.rollout;

import dev.penstock.core.LatencySnapshot;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.evidence.QuantileTest;
import java.util.Locale;

/// Whether a candidate takes longer. Pure.
final class LatencyReading {
    private LatencyReading() {}

    static MetricReading of(EvidenceJudge.Question question, MetricSpec.Latency metric) {
        double threshold = -Math.log(question.alpha());
        double against = question.evidence().slower(metric).logE();
        // What is proven of units has to be so of requests: a busy one may be served otherwise.
        double promote = Math.min(
                question.evidence().notSlower(metric).logE(),
                question.evidence().notSlowerOfEvery(metric).logE());
        Verdict verdict = against >= threshold
                ? Verdict.FAIL
                : promote >= question.promoteThreshold() ? Verdict.PASS : Verdict.INSUFFICIENT;
        // Those of several steps are of several hours.
        Pairs step = question.totals().lastStep();
        Soak soak = question.soak();
        ArmCounts canary = soak.isEmpty() ? step.candidateTotal() : soak.candidate();
        ArmCounts control = soak.isEmpty() ? step.controlTotal() : soak.control();
        return question.reading(
                metric,
                verdict,
                new MetricReading.Evidence(against, threshold, promote, question.promoteThreshold()),
                MetricReading.Estimate.of(seconds(canary.latency(), metric) / seconds(control.latency(), metric)),
                new MetricReading.Observed(
                        control.latencyOnce().count(), canary.latencyOnce().count()),
                detail(canary.latency(), control.latency(), metric)
                        + (soak.isEmpty() ? "" : "; that was before, and decides nothing"));
    }

    private static double seconds(LatencySnapshot latency, MetricSpec.Latency metric) {
        return latency.quantileSeconds(metric.quantile());
    }

    private static String detail(LatencySnapshot canary, LatencySnapshot control, MetricSpec.Latency metric) {
        return String.format(
                Locale.ROOT,
                "%s, the default arm %s, in buckets of %.1f%%: rolled back above %.3g times that, passes below %.3g",
                millis(seconds(canary, metric)),
                millis(seconds(control, metric)),
                100 * (QuantileTest.factorOf(1) - 1),
                QuantileTest.factorOf(metric.rollbackShift()),
                QuantileTest.factorOf(metric.promoteShift()));
    }

    private static String millis(double seconds) {
        return Double.isNaN(seconds) ? "-" : String.format(Locale.ROOT, "%.3g ms", 1000 * seconds);
    }
}
