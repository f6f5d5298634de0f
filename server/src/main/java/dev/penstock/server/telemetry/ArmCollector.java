package dev.penstock.server.telemetry;

import dev.penstock.core.ErrorCode;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.ArmLedgers;
import dev.penstock.router.arms.ArmName;
import dev.penstock.router.arms.PhaseLatencies;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Turns what is counted of arms into Prometheus series at each scrape. An arm's series begin with its first
/// request, and end when its route is gone or many other arms were bound since.
final class ArmCollector implements MultiCollector {
    private final ArmLedgers ledgers;

    ArmCollector(ArmLedgers ledgers) {
        this.ledgers = ledgers;
    }

    @Override
    public MetricSnapshots collect() {
        Families families = new Families();
        Set<ArmName> tripped = new HashSet<>(ledgers.tripped());
        ledgers.totals().forEach((name, counts) -> families.add(name, counts, tripped.contains(name)));
        ledgers.phases().forEach(families::add);
        return families.built();
    }

    private static final class Families {
        private final CounterSnapshot.Builder requests =
                Points.counter("penstock_arm_requests", "Requests that an arm of a route had, by outcome.");
        private final HistogramSnapshot.Builder durations = Points.histogram(
                "penstock_arm_duration_seconds",
                "From when an arm was picked to its answer, of requests that came to it by chance.");
        private final HistogramSnapshot.Builder phases = Points.histogram(
                "penstock_arm_phase_duration_seconds", "Where the time of these went that were answered by a run.");
        private final CounterSnapshot.Builder assignments =
                Points.counter("penstock_assignments", "Requests by why they came to their arm.");
        private final CounterSnapshot.Builder exposures =
                Points.counter("penstock_first_exposures", "Units that their route had not seen before, by arm.");
        private final CounterSnapshot.Builder trips = Points.counter(
                "penstock_arm_trips", "How often an arm lost its requests, as too many failed one after another.");
        private final GaugeSnapshot.Builder open =
                Points.gauge("penstock_arm_tripped", "Whether an arm gets no requests here.");

        void add(ArmName name, PhaseLatencies counts) {
            if (counts.inference().count() > 0) {
                Labels labels = labels(name);
                phases.dataPoint(Points.latencies(labels.add("phase", "queue"), counts.queue()));
                phases.dataPoint(Points.latencies(labels.add("phase", "batch"), counts.batch()));
                phases.dataPoint(Points.latencies(labels.add("phase", "inference"), counts.inference()));
            }
        }

        private static Labels labels(ArmName name) {
            return Labels.of("route", name.route(), "arm", name.arm()).merge(Points.of(name.target()));
        }

        void add(ArmName name, ArmCounts counts, boolean tripped) {
            Labels labels = labels(name);
            open.dataPoint(Points.value(labels, tripped ? 1 : 0));
            if (counts.requests() == 0) {
                return;
            }
            count(requests, labels.add("code", "ok"), counts.answered());
            for (ErrorCode code : ErrorCode.values()) {
                count(requests, labels.add("code", code.name().toLowerCase(Locale.ROOT)), counts.failures(code));
            }
            counts.reasons().forEach((reason, n) -> count(assignments, labels.add("reason", reason.text()), n));
            exposures.dataPoint(Points.count(labels, (double) counts.firstExposures()));
            trips.dataPoint(Points.count(labels, (double) counts.trips()));
            if (counts.latency().count() > 0) {
                durations.dataPoint(Points.latencies(labels, counts.latency()));
            }
        }

        private static void count(CounterSnapshot.Builder family, Labels labels, long count) {
            if (count > 0) {
                family.dataPoint(Points.count(labels, (double) count));
            }
        }

        MetricSnapshots built() {
            return new MetricSnapshots(List.of(
                    requests.build(),
                    durations.build(),
                    phases.build(),
                    assignments.build(),
                    exposures.build(),
                    trips.build(),
                    open.build()));
        }
    }
}
