package dev.penstock.server.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.monitor.drift.Distribution;
import dev.penstock.monitor.drift.DriftStatus;
import dev.penstock.monitor.drift.FeatureDrift;
import dev.penstock.monitor.drift.MeanComparison;
import dev.penstock.monitor.drift.ShareChange;
import dev.penstock.monitor.drift.VectorDrift;
import dev.penstock.monitor.recording.Edges;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.Measure;
import dev.penstock.server.monitoring.Alert;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What an event says of what drifted.
class EventsTest {
    private final Events events = new Events("eu", () -> "e1");

    private JsonNode features(Concern concern, Facts facts) {
        CloudEvent event = events.of(new Notice(Notice.Why.RAISED, concern, 0), facts, 5_000);
        return JsonMapper.shared().readTree(event.data()).path("features");
    }

    @Test
    void theSharesThatDecidedAreTold() {
        Concern concern =
                Concerns.of(Alert.Kind.DRIFT, Concerns.FRAUD, DriftStatus.CRITICAL, 1_000, 0, List.of("amount"));
        Feature feature = new Feature.Numeric("amount", Measure.VALUE, Edges.of(0, 1), 0);
        ShareChange odd = new ShareChange(ShareChange.Kind.NAN, 0.01, 0.12, 108, 1e-9);
        FeatureDrift drift = new FeatureDrift(
                feature,
                10_000,
                900,
                DriftStatus.CRITICAL,
                Distribution.UNKNOWN,
                List.of(odd),
                List.of(odd),
                MeanComparison.UNKNOWN,
                new FeatureDrift.BinPair(new long[0], new long[0]));

        JsonNode told = features(concern, new Facts("1h", 900, 0.1, "b", List.of(drift), List.of()));

        assertThat(told.path(0).path("reasons").toString())
                .isEqualTo("[{\"kind\":\"nan\",\"baseline\":0.01,\"window\":0.12}]");
    }

    @Test
    void anEmbeddingIsToldWithItsNumbers() {
        Concern concern =
                Concerns.of(Alert.Kind.DRIFT, Concerns.FRAUD, DriftStatus.CRITICAL, 1_000, 0, List.of("output:emb"));
        VectorDrift moved = new VectorDrift("output:emb", 800, 700, DriftStatus.CRITICAL, 0.04, 1e-9, 3, 0.1, 0.6);

        JsonNode told = features(concern, new Facts("1h", 900, 0.1, "b", List.of(), List.of(moved)));

        assertThat(told).hasSize(1);
        assertThat(told.path(0).toString())
                .isEqualTo("{\"name\":\"output:emb\",\"status\":\"critical\",\"n\":700,"
                        + "\"mmd2\":0.04,\"mmdP\":1.0E-9,\"centroidShift\":0.6}");
    }
}
