package dev.penstock.server.telemetry;

import dev.penstock.monitor.drift.Distribution;
import dev.penstock.monitor.drift.DriftStatus;
import dev.penstock.monitor.drift.FeatureDrift;
import dev.penstock.monitor.drift.FeatureEvidence;
import dev.penstock.monitor.drift.MeanEvidence;
import dev.penstock.monitor.drift.VectorDrift;
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
            families.add(version);
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
        private final GaugeSnapshot.Builder model = Points.gauge(
                "penstock_drift_model_status", "Of a version: -1 insufficient, 0 ok, 1 notice, 2 warning, 3 critical.");
        private final GaugeSnapshot.Builder share =
                Points.gauge("penstock_drift_share_ratio", "Part of the features that drifted.");
        private final GaugeSnapshot.Builder samples =
                Points.gauge("penstock_drift_samples", "Rows of the window that were recorded.");

        private final GaugeSnapshot.Builder evidence = Points.gauge(
                "penstock_drift_log_e", "Of a feature: ln of what sub-windows say together that it has drifted.");
        private final GaugeSnapshot.Builder enough =
                Points.gauge("penstock_drift_log_e_alarm", "From where on that is enough.");
        private final GaugeSnapshot.Builder moving = Points.gauge(
                "penstock_drift_mean_evidence_ratio",
                "What sub-windows say together that a feature's mean moves, as a part of what is enough.");

        /// What sub-windows say together.
        void add(Watched version) {
            Labels labels = Points.of(version.key());
            for (FeatureEvidence one :
                    MonitorCollector.first(version.evidence().features(), FeatureEvidence::feature)) {
                Labels own = labels.add("feature", one.feature().name());
                // Minus infinity before the first sub-window.
                add(evidence, own, Double.isFinite(one.logEvidence()) ? one.logEvidence() : Double.NaN);
                add(enough, own, one.alarmAt());
                MeanEvidence mean = one.mean();
                add(moving, own, Math.max(mean.up(), mean.down()) / mean.alarmAt());
            }
        }

        void add(Watched version, Evaluation one) {
            Labels labels = Points.of(version.key());
            Labels window = Labels.of("window", one.text());
            samples.dataPoint(Points.value(labels.merge(window), (double) one.rows()));
            if (one.report() == null) {
                return;
            }
            add(share, labels.merge(window), one.report().share());
            add(model, labels.merge(window), number(one.status()));
            List<FeatureDrift> shown = MonitorCollector.first(one.report().features(), FeatureDrift::feature);
            for (FeatureDrift feature : shown) {
                add(labels.add("feature", feature.name()), window, feature);
            }
            for (VectorDrift vector : one.report().vectors()) {
                add(labels.add("feature", vector.name()), window, vector);
            }
        }

        private void add(Labels labels, Labels window, VectorDrift vector) {
            status.dataPoint(Points.value(labels.merge(window), number(vector.status())));
            add(score, labels.add("statistic", "mmd").merge(window), vector.mmd());
            add(score, labels.add("statistic", "centroid").merge(window), vector.shift());
            add(p, labels.add("hypothesis", "none").merge(window), vector.p());
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
            return new MetricSnapshots(List.of(
                    score.build(),
                    p.build(),
                    status.build(),
                    model.build(),
                    share.build(),
                    samples.build(),
                    evidence.build(),
                    enough.build(),
                    moving.build()));
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
