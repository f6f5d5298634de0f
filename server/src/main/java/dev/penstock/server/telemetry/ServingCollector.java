package dev.penstock.server.telemetry;

import dev.penstock.core.ErrorCode;
import dev.penstock.monitor.ServingStats;
import dev.penstock.monitor.VersionStats;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Locale;

/// Turns serving counters into Prometheus series at each scrape; nothing is copied in between.
///
/// A version's series begin with its first request and end when its counters are forgotten. Requests that no
/// version answered are counted under the model `other`, whatever name they called.
final class ServingCollector implements MultiCollector {
    static final String UNRESOLVED = "other";

    private final ServingStats stats;

    ServingCollector(ServingStats stats) {
        this.stats = stats;
    }

    @Override
    public MetricSnapshots collect() {
        CounterSnapshot.Builder requests =
                Points.counter("penstock_requests", "Inference requests by outcome: ok, or why there was no answer.");
        CounterSnapshot.Builder rows = Points.counter("penstock_rows", "Rows of successful inference requests.");
        HistogramSnapshot.Builder durations = Points.histogram(
                "penstock_request_duration_seconds", "Where the time of successful inference requests went.");
        stats.versions().forEach((key, version) -> {
            Labels labels = Points.of(key);
            addRequests(requests, labels, version);
            if (version.successes() > 0) {
                rows.dataPoint(Points.count(labels, (double) version.rows()));
                addDurations(durations, labels, version);
            }
        });
        addRequests(requests, Labels.of("model", UNRESOLVED, "version", ""), stats.unresolved());
        return MetricSnapshots.of(requests.build(), rows.build(), durations.build());
    }

    private static void addRequests(CounterSnapshot.Builder requests, Labels labels, VersionStats version) {
        long successes = version.successes();
        if (successes > 0) {
            requests.dataPoint(Points.count(labels.add("code", "ok"), (double) successes));
        }
        for (ErrorCode code : ErrorCode.values()) {
            long failures = version.failures(code);
            if (failures > 0) {
                String name = code.name().toLowerCase(Locale.ROOT);
                requests.dataPoint(Points.count(labels.add("code", name), (double) failures));
            }
        }
    }

    private static void addDurations(HistogramSnapshot.Builder durations, Labels labels, VersionStats version) {
        durations.dataPoint(Points.latencies(labels.add("phase", "total"), version.total(), version.tracedTotal()));
        durations.dataPoint(Points.latencies(labels.add("phase", "queue"), version.queue(), version.tracedQueue()));
        durations.dataPoint(Points.latencies(labels.add("phase", "inference"), version.run(), version.tracedRun()));
    }
}
