package dev.penstock.server.telemetry;

import dev.penstock.router.rollout.MetricReading;
import dev.penstock.router.rollout.Phase;
import dev.penstock.server.rollout.RolloutView;
import dev.penstock.server.rollout.Rollouts;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Locale;

/// Turns how far rollouts are into Prometheus series at each scrape.
final class RolloutCollector implements MultiCollector {
    private final Rollouts rollouts;

    RolloutCollector(Rollouts rollouts) {
        this.rollouts = rollouts;
    }

    @Override
    public MetricSnapshots collect() {
        GaugeSnapshot.Builder phases =
                Points.gauge("penstock_rollout_phase", "1 for the phase that the rollout of a route is in, else 0.");
        GaugeSnapshot.Builder steps =
                Points.gauge("penstock_rollout_step", "Step that the rollout of a route is in, from 1.");
        GaugeSnapshot.Builder evidence = Points.gauge(
                "penstock_rollout_log_e",
                "Natural logarithm of the evidence that a candidate is worse (rollback) or as good (promote).");
        GaugeSnapshot.Builder mismatch = Points.gauge(
                "penstock_srm_log_e",
                "Natural logarithm of the evidence that units are not dealt as the shares say; 6.9 holds a rollout.");
        for (RolloutView view : rollouts.status()) {
            Labels route = Labels.of("route", view.spec().route());
            for (Phase phase : Phase.values()) {
                double now = phase == view.state().phase() ? 1 : 0;
                phases.dataPoint(Points.value(route.add("phase", word(phase)), now));
            }
            steps.dataPoint(Points.value(route, view.state().step() + 1.0));
            mismatch.dataPoint(Points.value(route, view.state().judged().mismatchLogE()));
            view.state().judged().readings().forEach(reading -> add(evidence, route, reading));
        }
        CounterSnapshot.Builder decisions = Points.counter(
                "penstock_rollout_decisions", "What was decided in rollouts, by the reason; since the server started.");
        rollouts.decisions()
                .forEach((decision, count) -> decisions.dataPoint(Points.count(
                        Labels.of("route", decision.route())
                                .add("decision", decision.decision())
                                .add("reason", decision.reason()),
                        (double) count)));
        return new MetricSnapshots(
                List.of(phases.build(), steps.build(), evidence.build(), mismatch.build(), decisions.build()));
    }

    private static void add(GaugeSnapshot.Builder evidence, Labels route, MetricReading reading) {
        Labels labels = route.add("arm", reading.arm()).add("metric", reading.metric());
        if (!Double.isNaN(reading.evidence().rollback())) {
            evidence.dataPoint(Points.value(
                    labels.add("side", "rollback"), reading.evidence().rollback()));
        }
        if (!Double.isNaN(reading.evidence().promote())) {
            evidence.dataPoint(Points.value(
                    labels.add("side", "promote"), reading.evidence().promote()));
        }
    }

    private static String word(Phase phase) {
        return phase.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
