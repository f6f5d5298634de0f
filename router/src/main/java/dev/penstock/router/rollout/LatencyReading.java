package dev.penstock.router.rollout;

import dev.penstock.core.LatencyScale;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.evidence.Combined;
import dev.penstock.router.evidence.PoolCounts;
import dev.penstock.router.evidence.QuantileTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Whether a candidate takes longer. Pure.
final class LatencyReading {
    private LatencyReading() {}

    static MetricReading of(EvidenceJudge.Question question, MetricSpec.Latency metric) {
        double threshold = -Math.log(question.alpha());
        QuantileTest test = QuantileTest.of(metric.quantile());
        Pairs pairs = question.pairs();
        Soak soak = question.soak();
        int allowed = QuantileTest.shiftOf(metric.rollbackRatio());
        int equal = QuantileTest.shiftOf(metric.promoteRatio());
        List<Double> slower = new ArrayList<>();
        List<Double> notSlower = new ArrayList<>();
        for (PoolCounts pool : pairs.latencies().pools()) {
            slower.add(test.logSlower(pool.canary(), pool.control(), allowed));
            notSlower.add(test.logSlower(pool.control(), pool.canary(), -equal));
        }
        if (!soak.isEmpty()) {
            long[] canary = Pairs.buckets(soak.candidate().latency());
            long[] control = Pairs.buckets(soak.control().latency());
            slower.add(test.logSlower(canary, control, allowed));
            notSlower.add(test.logSlower(control, canary, -equal));
        }
        double against = logOfSteps(slower);
        double promote = logOfSteps(notSlower);
        Verdict verdict = against >= threshold
                ? Verdict.FAIL
                : promote >= question.promoteThreshold() ? Verdict.PASS : Verdict.INSUFFICIENT;
        ArmCounts canary = soak.isEmpty() ? pairs.candidateTotal() : soak.candidate();
        ArmCounts control = soak.isEmpty() ? pairs.controlTotal() : soak.control();
        return question.reading(
                metric,
                verdict,
                new MetricReading.Evidence(against, threshold, promote, question.promoteThreshold()),
                MetricReading.Estimate.of(seconds(canary.latency(), metric) / seconds(control.latency(), metric)),
                new MetricReading.Observed(control.answered(), canary.answered()),
                detail(canary.latency(), control.latency(), metric));
    }

    private static double logOfSteps(List<Double> logs) {
        return Combined.logOfSteps(logs.stream().mapToDouble(log -> log).toArray());
    }

    private static double seconds(LatencySnapshot latency, MetricSpec.Latency metric) {
        return latency.quantileSeconds(metric.quantile());
    }

    private static String detail(LatencySnapshot canary, LatencySnapshot control, MetricSpec.Latency metric) {
        return String.format(
                Locale.ROOT,
                "%s, the default arm %s, in buckets of %.1f%%",
                millis(seconds(canary, metric)),
                millis(seconds(control, metric)),
                100 * (StrictMath.pow(2, 1.0 / (1 << LatencyScale.SCHEMA)) - 1));
    }

    private static String millis(double seconds) {
        return Double.isNaN(seconds) ? "-" : String.format(Locale.ROOT, "%.3g ms", 1000 * seconds);
    }
}
