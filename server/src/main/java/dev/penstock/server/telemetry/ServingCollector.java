package dev.penstock.server.telemetry;

import dev.penstock.core.ErrorCode;
import dev.penstock.monitor.LatencyHistogram;
import dev.penstock.monitor.ServingStats;
import dev.penstock.monitor.VersionStats;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Locale;

/// Turns serving counters into Prometheus series at each scrape; nothing is copied in between.
///
/// A version's series end when its counters are forgotten. Requests that no version answered are counted under the
/// model `other`, whatever name they called.
final class ServingCollector implements MultiCollector {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final String UNRESOLVED = "other";

    private final ServingStats stats;
    private final double[] boundsSeconds;

    ServingCollector(ServingStats stats) {
        this.stats = stats;
        long[] nanos = LatencyHistogram.boundsNanos();
        this.boundsSeconds = new double[nanos.length + 1];
        for (int i = 0; i < nanos.length; i++) {
            boundsSeconds[i] = nanos[i] / NANOS_PER_SECOND;
        }
        boundsSeconds[nanos.length] = Double.POSITIVE_INFINITY;
    }

    @Override
    public MetricSnapshots collect() {
        CounterSnapshot.Builder requests = CounterSnapshot.builder()
                .name("penstock_requests")
                .help("Inference requests by outcome: ok, or why there was no answer.");
        CounterSnapshot.Builder rows =
                CounterSnapshot.builder().name("penstock_rows").help("Rows of successful inference requests.");
        HistogramSnapshot.Builder durations = HistogramSnapshot.builder()
                .name("penstock_request_duration_seconds")
                .help("Where the time of successful inference requests went.");
        stats.versions().forEach((key, version) -> {
            Labels labels = Labels.of("model", key.name(), "version", Long.toString(key.version()));
            addRequests(requests, labels, version);
            rows.dataPoint(CounterDataPointSnapshot.builder()
                    .labels(labels)
                    .value((double) version.rows())
                    .build());
            addDurations(durations, labels, version);
        });
        addRequests(requests, Labels.of("model", UNRESOLVED, "version", ""), stats.unresolved());
        return MetricSnapshots.of(requests.build(), rows.build(), durations.build());
    }

    private static void addRequests(CounterSnapshot.Builder requests, Labels labels, VersionStats version) {
        if (version.successes() > 0) {
            requests.dataPoint(count(labels.add("code", "ok"), version.successes()));
        }
        for (ErrorCode code : ErrorCode.values()) {
            if (version.failures(code) > 0) {
                String name = code.name().toLowerCase(Locale.ROOT);
                requests.dataPoint(count(labels.add("code", name), version.failures(code)));
            }
        }
    }

    private static CounterDataPointSnapshot count(Labels labels, long value) {
        return CounterDataPointSnapshot.builder()
                .labels(labels)
                .value((double) value)
                .build();
    }

    private void addDurations(HistogramSnapshot.Builder durations, Labels labels, VersionStats version) {
        durations.dataPoint(durations(labels.add("phase", "total"), version.total()));
        durations.dataPoint(durations(labels.add("phase", "queue"), version.queue()));
        durations.dataPoint(durations(labels.add("phase", "inference"), version.run()));
    }

    private HistogramDataPointSnapshot durations(Labels labels, LatencyHistogram histogram) {
        LatencyHistogram.Snapshot snapshot = histogram.snapshot();
        long[] counts = new long[boundsSeconds.length];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = snapshot.count(i);
        }
        return HistogramDataPointSnapshot.builder()
                .labels(labels)
                .classicHistogramBuckets(ClassicHistogramBuckets.of(boundsSeconds, counts))
                .sum(snapshot.sumNanos() / NANOS_PER_SECOND)
                .build();
    }
}
