package dev.penstock.server.telemetry;

import dev.penstock.router.shadow.ShadowCounts;
import dev.penstock.router.shadow.ShadowKey;
import dev.penstock.server.shadow.Shadows;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Locale;

/// Turns what copies of requests said into Prometheus series at each scrape.
final class ShadowCollector implements MultiCollector {
    private final Shadows shadows;

    ShadowCollector(Shadows shadows) {
        this.shadows = shadows;
    }

    @Override
    public MetricSnapshots collect() {
        Families families = new Families();
        shadows.counts().forEach(families::add);
        families.waiting.dataPoint(Points.value(Labels.EMPTY, (double) shadows.waiting()));
        families.bytes.dataPoint(Points.value(Labels.EMPTY, (double) shadows.waitingBytes()));
        return families.built();
    }

    private static final class Families {
        private final CounterSnapshot.Builder ran =
                Points.counter("penstock_shadow", "Copies of requests that a shadow was asked, by outcome.");
        private final CounterSnapshot.Builder disagreements = Points.counter(
                "penstock_shadow_disagreements", "Copies whose answer says something else than the primary's.");
        private final CounterSnapshot.Builder dropped =
                Points.counter("penstock_shadow_dropped", "Copies that a shadow was not asked, by why.");
        private final HistogramSnapshot.Builder runs = Points.histogram(
                "penstock_shadow_run_seconds",
                "How long the runs of copies had a processor, beside the primary's runs of as many rows.");
        private final HistogramSnapshot.Builder differences = Points.histogram(
                "penstock_shadow_differences",
                "Of each compared answer with numbers the largest difference to the primary's.");
        private final GaugeSnapshot.Builder waiting =
                Points.gauge("penstock_shadow_waiting", "Copies that are under way or wait.");
        private final GaugeSnapshot.Builder bytes =
                Points.gauge("penstock_shadow_waiting_bytes", "What copies hold that are under way or wait.");

        void add(ShadowKey key, ShadowCounts counts) {
            Labels labels = Labels.of("route", key.route(), "arm", key.arm()).merge(Points.of(key.target()));
            count(ran, labels.add("code", "ok"), counts.compared());
            count(ran, labels.add("code", "incomparable"), counts.incomparable());
            counts.failed()
                    .forEach((code, n) ->
                            count(ran, labels.add("code", code.name().toLowerCase(Locale.ROOT)), n));
            counts.dropped().forEach((why, n) -> count(dropped, labels.add("reason", why.text()), n));
            if (counts.compared() > 0) {
                disagreements.dataPoint(Points.count(labels, (double) counts.disagreed()));
            }
            if (counts.differences().stream().anyMatch(answers -> answers > 0)) {
                differences.dataPoint(DifferencePoints.of(labels, counts.differences()));
            }
            if (counts.shadowRun().count() > 0) {
                runs.dataPoint(Points.latencies(labels.add("of", "shadow"), counts.shadowRun()));
                runs.dataPoint(Points.latencies(labels.add("of", "primary"), counts.primaryRun()));
            }
        }

        private static void count(CounterSnapshot.Builder family, Labels labels, long count) {
            if (count > 0) {
                family.dataPoint(Points.count(labels, (double) count));
            }
        }

        MetricSnapshots built() {
            return new MetricSnapshots(List.of(
                    ran.build(),
                    disagreements.build(),
                    dropped.build(),
                    differences.build(),
                    runs.build(),
                    waiting.build(),
                    bytes.build()));
        }
    }
}
