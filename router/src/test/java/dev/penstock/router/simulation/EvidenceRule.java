package dev.penstock.router.simulation;

import dev.penstock.core.LatencyScale;
import dev.penstock.router.evidence.ErrorBudget;
import dev.penstock.router.evidence.FailureArm;
import dev.penstock.router.evidence.PairCounts;
import dev.penstock.router.evidence.PredictionDrift;
import dev.penstock.router.evidence.QuantileTest;
import dev.penstock.router.rollout.MetricSpec;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The evidence of this repository, with margins and a budget.
final class EvidenceRule implements Rule {
    private static final QuantileTest P50 = QuantileTest.of(0.5);
    private static final QuantileTest P99 = QuantileTest.of(0.99);
    private static final double LOG_PROVEN = Math.log(20);

    private final ErrorBudget budget;
    private final int shift;
    private final double psi;
    private final StakedFailures failures;
    private PairCounts allFailures = PairCounts.none(1);
    private PairCounts latencies = PairCounts.none(LatencyScale.BUCKETS);
    private PairCounts predictions = PairCounts.none(Traffic.scores());

    private EvidenceRule(Map<String, Double> weights, double ratio, int shift, double psi) {
        this.budget = new ErrorBudget(ErrorBudget.DEFAULT_ALPHA, weights);
        this.shift = shift;
        this.psi = psi;
        this.failures = new StakedFailures(ratio);
    }

    /// The usual margins and budget; whole rollouts are those of [WholeRollout].
    static EvidenceRule usual() {
        Map<String, Double> weights = new TreeMap<>();
        weights.put("errors", MetricSpec.Errors.STANDARD.share());
        weights.put("p50", MetricSpec.Latency.P50.share());
        weights.put("p99", MetricSpec.Latency.P99.share());
        weights.put("drift", MetricSpec.PredictionDrift.STANDARD.share());
        return new EvidenceRule(weights, 1.25, QuantileTest.shiftAtLeast(1.19), 0.25);
    }

    /// One kind of evidence with all of the budget and no margin: what is worse at all, or differs.
    static EvidenceRule only(String watched) {
        return new EvidenceRule(Map.of(watched, 1.0), 1, 0, 0);
    }

    /// One kind of evidence with all of the budget and the usual margin.
    static EvidenceRule onlyBeyondMargin(String watched) {
        return new EvidenceRule(Map.of(watched, 1.0), 1.25, QuantileTest.shiftAtLeast(1.19), 0.25);
    }

    @Override
    public boolean rollsBack(Minute minute) {
        add(minute);
        for (String watched : budget.weights().keySet()) {
            if (isEnough(watched)) {
                return true;
            }
        }
        return false;
    }

    private void add(Minute minute) {
        Set<String> watched = budget.weights().keySet();
        if (watched.contains("errors")) {
            failures.add(minute);
            allFailures = allFailures.plus(
                    minute.pool(), minute.canary().failures(), minute.control().failures());
        }
        if (watched.contains("p50") || watched.contains("p99")) {
            latencies = latencies.plus(
                    minute.pool(), minute.canary().latencies(), minute.control().latencies());
        }
        if (watched.contains("drift")) {
            predictions = predictions.plus(
                    minute.pool(),
                    minute.canary().predictions(),
                    minute.control().predictions());
        }
    }

    private boolean isEnough(String watched) {
        double enough = budget.logEnough(watched);
        return switch (watched) {
            case "errors" -> failures.logE() >= enough;
            case "p50" -> P50.logSlower(latencies, shift) >= enough;
            case "p99" -> P99.logSlower(latencies, shift) >= enough;
            case "drift" -> PredictionDrift.of(predictions).isCritical(budget.alphaOf(watched), psi);
            default -> throw new IllegalStateException(watched);
        };
    }

    /// Whether the canary has been proven to be no worse, by all four.
    boolean isProven() {
        return FailureArm.logNotWorse(allFailures, 1.5) >= LOG_PROVEN
                && P50.logNotSlower(latencies, QuantileTest.shiftAtMost(1.41)) >= LOG_PROVEN
                && P99.logNotSlower(latencies, QuantileTest.shiftAtMost(1.41)) >= LOG_PROVEN
                && PredictionDrift.of(predictions).isEquivalent(0.25);
    }
}
