package dev.penstock.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.drift.DriftReport;
import dev.penstock.monitor.drift.DriftRules;
import dev.penstock.monitor.drift.DriftStatus;
import dev.penstock.monitor.drift.EvidenceReport;
import dev.penstock.monitor.drift.FeatureEvidence;
import dev.penstock.monitor.drift.MeanEvidence;
import dev.penstock.monitor.drift.VectorDrift;
import dev.penstock.monitor.recording.Edges;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.Measure;
import dev.penstock.server.monitoring.Evaluation;
import dev.penstock.server.monitoring.Watched;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What a scrape shows of vectors, and of sub-windows together.
class DriftCollectorTest {
    private static final double UNKNOWN = Double.NaN;

    private static Watched watched(List<VectorDrift> vectors, FeatureEvidence... evidence) {
        DriftReport report = new DriftReport("p", 900, 900, DriftStatus.WARNING, 0.5, List.of(), vectors);
        return new Watched(
                new ModelKey("m", 3),
                Watched.Phase.WATCHING,
                null,
                null,
                "b",
                10_000,
                DriftRules.STANDARD,
                List.of(new Evaluation(Duration.ofHours(1), null, report)),
                new EvidenceReport(DriftStatus.NOTICE, 4, List.of(evidence)),
                Map.of(),
                1,
                0,
                "");
    }

    private static FeatureEvidence evidence(String name, double logEvidence, double up, double down) {
        Feature feature = new Feature.Numeric(name, Measure.VALUE, Edges.of(0, 1), 0);
        MeanEvidence mean = new MeanEvidence(up, down, 8, 0.1, false);
        return new FeatureEvidence(feature, DriftStatus.NOTICE, logEvidence, 12.5, 700, 0.2, mean);
    }

    /// Values by name and the labels that are not those of the version.
    private static Map<String, Double> series(Watched version) {
        Map<String, Double> all = new HashMap<>();
        new DriftCollector(() -> List.of(version))
                .collect()
                .forEach(family -> family.getDataPoints()
                        .forEach(point -> all.put(
                                family.getMetadata().getName() + own(point.getLabels()),
                                ((GaugeDataPointSnapshot) point).getValue())));
        return all;
    }

    private static String own(Labels labels) {
        StringBuilder text = new StringBuilder();
        labels.forEach(label -> {
            if (!List.of("model", "version").contains(label.getName())) {
                text.append(' ').append(label.getValue());
            }
        });
        return text.toString();
    }

    @Test
    void vectorsAreShownAsFeaturesAre() {
        VectorDrift moved = new VectorDrift("output:emb", 800, 700, DriftStatus.WARNING, 0.04, 1e-9, 3, 0.1, 0.3);

        assertThat(series(watched(List.of(moved))))
                .containsEntry("penstock_drift_score output:emb mmd 1h", 0.04)
                .containsEntry("penstock_drift_score output:emb centroid 1h", 0.3)
                .containsEntry("penstock_drift_p_value output:emb none 1h", 1e-9)
                .containsEntry("penstock_drift_status output:emb 1h", 2.0);
    }

    @Test
    void whatCannotBeSaidOfVectorsHasNoSeries() {
        VectorDrift few = new VectorDrift(
                "output:emb", 800, 7, DriftStatus.INSUFFICIENT, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN);

        assertThat(series(watched(List.of(few))))
                .containsEntry("penstock_drift_status output:emb 1h", -1.0)
                .noneSatisfy((name, _) -> assertThat(name).contains("score"))
                .noneSatisfy((name, _) -> assertThat(name).contains("p_value"));
    }

    @Test
    void theVersionHasAStatusOfItsOwn() {
        assertThat(series(watched(List.of()))).containsEntry("penstock_drift_model_status 1h", 2.0);
    }

    @Test
    void evidenceIsShownBesideWhatIsEnough() {
        Watched version =
                watched(List.of(), evidence("a", 6.5, 2, 4), evidence("b", Double.NEGATIVE_INFINITY, UNKNOWN, UNKNOWN));

        assertThat(series(version))
                .containsEntry("penstock_drift_log_e a", 6.5)
                .containsEntry("penstock_drift_log_e_alarm a", 12.5)
                .containsEntry("penstock_drift_mean_evidence_ratio a", 0.5)
                .containsEntry("penstock_drift_log_e_alarm b", 12.5)
                .doesNotContainKeys("penstock_drift_log_e b", "penstock_drift_mean_evidence_ratio b");
    }
}
