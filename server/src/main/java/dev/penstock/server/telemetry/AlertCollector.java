package dev.penstock.server.telemetry;

import dev.penstock.server.monitoring.Alert;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/// Turns alerts that are active into Prometheus series at each scrape; a series ends with its alert.
final class AlertCollector implements MultiCollector {
    private final Supplier<List<Alert>> active;

    AlertCollector(Supplier<List<Alert>> active) {
        this.active = active;
    }

    @Override
    public MetricSnapshots collect() {
        GaugeSnapshot.Builder alerts =
                Points.gauge("penstock_alert_active", "1 while somebody should know of a version; else no series.");
        for (Alert alert : active.get()) {
            Labels labels =
                    Points.of(alert.key()).add("kind", lower(alert.kind())).add("severity", lower(alert.severity()));
            alerts.dataPoint(Points.value(labels, 1));
        }
        return new MetricSnapshots(List.of(alerts.build()));
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
