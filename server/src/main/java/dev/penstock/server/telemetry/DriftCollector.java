package dev.penstock.server.telemetry;

import dev.penstock.monitor.drift.Distribution;
import dev.penstock.monitor.drift.DriftStatus;
import dev.penstock.monitor.drift.FeatureDrift;
import dev.penstock.server.monitoring.Evaluation;
import dev.penstock.server.monitoring.Watched;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.function.Supplier;

/// Turns what was said of the last windows into Prometheus series at each scrape; nothing is computed for
/// that. What cannot be said has no series. A version's series end when it is unloaded.
final class DriftCollector implements MultiCollector {
    /// Windows of a version that are shown, the longest ones.
    private static final int MOST_WINDOWS = 2;

    private final Supplier<List<Watched>> versions;

    DriftCollector(Supplier<List<Watched>> versions) {
        this.versions = versions;
    }

    @Override
    public MetricSnapshots collect() {
        Families families = new Families();
        for (Watched version : versions.get()) {
            List<Evaluation> all = version.evaluations();
            for (Evaluation one : all.subList(Math.max(0, all.size() - MOST_WINDOWS), all.size())) {
                families.add(version, one);
            }
        }
        return families.built();
    }

    private static final class Families {
        private final GaugeSnapshot.Builder score = Points.gauge(
                "penstock_drift_score", "How much a feature's values differ from what is usual, by several measures.");
        private final GaugeSnapshot.Builder p =
                Points.gauge("penstock_drift_p_value", "How likely such a difference is if the hypothesis holds.");
        private final GaugeSnapshot.Builder status = Points.gauge(
                "penstock_drift_status", "Of a feature: -1 insufficient, 0 ok, 1 notice, 2 warning, 3 critical.");
        private final GaugeSnapshot.Builder share =
                Points.gauge("penstock_drift_share_ratio", "Part of the features that drifted.");
        private final GaugeSnapshot.Builder samples =
                Points.gauge("penstock_drift_samples", "Rows of the window that were recorded.");

        void add(Watched version, Evaluation one) {
            Labels labels = Points.of(version.key());
            Labels window = Labels.of("window", one.text());
            samples.dataPoint(Points.value(labels.merge(window), (double) one.rows()));
            if (one.report() == null) {
                return;
            }
            add(share, labels.merge(window), one.report().share());
            List<FeatureDrift> shown = MonitorCollector.first(one.report().features(), FeatureDrift::feature);
            for (FeatureDrift feature : shown) {
                add(labels.add("feature", feature.name()), window, feature);
            }
        }

        private void add(Labels labels, Labels window, FeatureDrift feature) {
            status.dataPoint(Points.value(labels.merge(window), number(feature.status())));
            Distribution said = feature.distribution();
            add(score, labels.add("statistic", "psi").merge(window), said.psi());
            add(score, labels.add("statistic", "psi_corrected").merge(window), said.psiCorrected());
            add(score, labels.add("statistic", "ks").merge(window), said.ks());
            add(score, labels.add("statistic", "js").merge(window), said.jensenShannon());
            add(score, labels.add("statistic", "hellinger").merge(window), said.hellinger());
            add(score, labels.add("statistic", "wasserstein").merge(window), said.wasserstein());
            add(p, labels.add("hypothesis", "none").merge(window), said.pNoDrift());
            add(p, labels.add("hypothesis", "material").merge(window), said.pWarn());
        }

        private static void add(GaugeSnapshot.Builder family, Labels labels, double value) {
            if (!Double.isNaN(value)) {
                family.dataPoint(Points.value(labels, value));
            }
        }

        MetricSnapshots built() {
            return new MetricSnapshots(
                    List.of(score.build(), p.build(), status.build(), share.build(), samples.build()));
        }
    }

    private static double number(DriftStatus status) {
        return switch (status) {
            case INSUFFICIENT -> -1;
            case OK -> 0;
            case NOTICE -> 1;
            case WARNING -> 2;
            case CRITICAL -> 3;
        };
    }
}
