package dev.penstock.router.rollout;

import dev.penstock.router.shadow.RunRatio;
import java.util.List;
import java.util.Locale;

/// Whether a candidate's runs of copies take longer than the default arm's of the same rows. Pure.
final class CopyLatencyReading {
    /// Of what is reported where nobody asks for a metric.
    private static final double ALPHA = 0.05;

    /// Of fewer pairs nothing is suspected: in one of them somebody else may have had the processor.
    private static final int LEAST_PAIRS = 32;

    private CopyLatencyReading() {}

    static MetricReading of(EvidenceJudge.Question question, MetricSpec.CopyLatency metric) {
        CopyRuns runs = question.copies().runs();
        if (runs.pairs() == 0) {
            return question.unknown(metric, "no run of a copy was held against the default arm's yet");
        }
        RunRatio against = RunRatio.of(runs.longer(), question.alpha());
        RunRatio promote = RunRatio.of(runs.longer(), question.promoteAlpha());
        Verdict verdict = against.lower() > metric.maxRatio()
                ? Verdict.FAIL
                : promote.upper() <= metric.maxRatio() ? Verdict.PASS : Verdict.INSUFFICIENT;
        String allowed = String.format(Locale.ROOT, " (allowed: %.3g times)", metric.maxRatio());
        return question.reading(
                        metric,
                        verdict,
                        MetricReading.Evidence.NONE,
                        estimate(against),
                        new MetricReading.Observed(runs.pairs(), runs.pairs()),
                        detail(runs) + allowed + (against.isUnsure() ? "; of too few units to be certain" : ""))
                .suspected(against.isUnsure() && runs.pairs() >= LEAST_PAIRS && against.mean() > metric.maxRatio());
    }

    /// What is known where it is no metric.
    static List<Report> reports(RolloutSpec spec, RolloutState state, String arm) {
        Compared all = Compared.NONE;
        for (Epoch epoch : state.all()) {
            all = all.plus(epoch.copies(arm));
        }
        CopyRuns runs = all.runs();
        boolean judged = spec.metrics().stream().anyMatch(MetricSpec.CopyLatency.class::isInstance);
        if (judged || runs.pairs() == 0) {
            return List.of();
        }
        return List.of(new Report(
                MetricSpec.CopyLatency.NAME,
                arm,
                MetricReading.Evidence.NONE,
                estimate(RunRatio.of(runs.longer(), ALPHA)),
                new MetricReading.Observed(runs.pairs(), runs.pairs()),
                detail(runs)));
    }

    private static MetricReading.Estimate estimate(RunRatio ratio) {
        return Double.isFinite(ratio.upper())
                ? new MetricReading.Estimate(ratio.mean(), ratio.lower(), ratio.upper())
                : MetricReading.Estimate.of(ratio.mean());
    }

    private static String detail(CopyRuns runs) {
        return String.format(
                Locale.ROOT,
                "runs of copies: %s, %s, of %d",
                quantile(runs, "p50", 0.5),
                quantile(runs, "p99", 0.99),
                runs.pairs());
    }

    private static String quantile(CopyRuns runs, String name, double q) {
        double candidate = runs.candidate().quantileSeconds(q);
        double control = runs.control().quantileSeconds(q);
        return Double.isNaN(candidate) || Double.isNaN(control)
                ? name + " -"
                : String.format(
                        Locale.ROOT,
                        "%s %.3g ms, the default arm's %.3g ms: %.3g times",
                        name,
                        1000 * candidate,
                        1000 * control,
                        candidate / control);
    }
}
