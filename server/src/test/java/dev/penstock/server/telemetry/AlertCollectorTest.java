package dev.penstock.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.drift.DriftStatus;
import dev.penstock.server.monitoring.Alert;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a scrape shows of alerts.
class AlertCollectorTest {
    private final List<Alert> active = new ArrayList<>();
    private final AlertCollector collector = new AlertCollector(() -> active);

    private GaugeSnapshot shown() {
        return (GaugeSnapshot) collector.collect().get(0);
    }

    @Test
    void anAlertHasASeriesWhileItIsActive() {
        active.add(new Alert(
                Alert.Kind.DRIFT, new ModelKey("m", 3), DriftStatus.CRITICAL, 5, 0, 1, 900, 0.5, List.of("output:y")));

        assertThat(shown().getMetadata().getPrometheusName()).isEqualTo("penstock_alert_active");
        GaugeSnapshot.GaugeDataPointSnapshot point = shown().getDataPoints().getFirst();
        assertThat(point.getValue()).isEqualTo(1);
        assertThat(point.getLabels().toString())
                .isEqualTo("{kind=\"drift\",model=\"m\",severity=\"critical\",version=\"3\"}");

        active.clear();
        assertThat(shown().getDataPoints()).isEmpty();
    }
}
