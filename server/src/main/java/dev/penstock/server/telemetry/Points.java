package dev.penstock.server.telemetry;

import dev.penstock.core.LatencyScale;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.core.ModelKey;
import dev.penstock.monitor.TracedRequest;
import dev.penstock.monitor.TracedRequests;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.NativeHistogramBuckets;
import java.util.ArrayList;
import java.util.List;

/// Families of metrics and their data points, as all collectors make them.
final class Points {
    static final double NANOS_PER_SECOND = 1e9;

    private static final double[] CLASSIC_SECONDS = classicSeconds();

    private Points() {}

    /// What tells versions apart in every family that has one series for each.
    static Labels of(ModelKey key) {
        return Labels.of("model", key.name(), "version", Long.toString(key.version()));
    }

    /// @param name without the suffix `_total`, which the formats give to counters
    static CounterSnapshot.Builder counter(String name, String help) {
        return CounterSnapshot.builder().name(name).help(help);
    }

    static GaugeSnapshot.Builder gauge(String name, String help) {
        return GaugeSnapshot.builder().name(name).help(help);
    }

    static HistogramSnapshot.Builder histogram(String name, String help) {
        return HistogramSnapshot.builder().name(name).help(help);
    }

    static CounterDataPointSnapshot count(Labels labels, double value) {
        return CounterDataPointSnapshot.builder().labels(labels).value(value).build();
    }

    static GaugeDataPointSnapshot value(Labels labels, double value) {
        return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
    }

    /// Classic and native buckets of the same counts; each format shows those that it can.
    static HistogramDataPointSnapshot latencies(Labels labels, LatencySnapshot counted) {
        return buckets(labels, counted).build();
    }

    /// The same with traced requests as examples, which OpenMetrics and the protobuf messages show.
    static HistogramDataPointSnapshot latencies(Labels labels, LatencySnapshot counted, TracedRequests examples) {
        List<Exemplar> shown = new ArrayList<>();
        for (TracedRequest one : examples.all()) {
            shown.add(Exemplar.builder()
                    .value(one.nanos() / NANOS_PER_SECOND)
                    .traceId(one.traceId())
                    .timestampMillis(one.unixMillis())
                    .build());
        }
        return buckets(labels, counted).exemplars(Exemplars.of(shown)).build();
    }

    private static HistogramDataPointSnapshot.Builder buckets(Labels labels, LatencySnapshot counted) {
        return HistogramDataPointSnapshot.builder()
                .labels(labels)
                .classicHistogramBuckets(ClassicHistogramBuckets.of(CLASSIC_SECONDS, counted.classicCounts()))
                .nativeSchema(LatencyScale.SCHEMA)
                .nativeZeroThreshold(LatencyScale.ZERO_SECONDS)
                .nativeZeroCount(counted.count(0))
                .nativeBucketsForPositiveValues(nativeBuckets(counted))
                .sum(counted.sumNanos() / NANOS_PER_SECOND);
    }

    private static NativeHistogramBuckets nativeBuckets(LatencySnapshot counted) {
        NativeHistogramBuckets.Builder buckets = NativeHistogramBuckets.builder();
        for (int i = 1; i < LatencyScale.BUCKETS; i++) {
            if (counted.count(i) > 0) {
                buckets.bucket(LatencyScale.nativeIndex(i), counted.count(i));
            }
        }
        return buckets.build();
    }

    private static double[] classicSeconds() {
        double[] seconds = new double[LatencyScale.CLASSIC_BUCKETS];
        for (int i = 0; i < seconds.length; i++) {
            seconds[i] = LatencyScale.classicSeconds(i);
        }
        return seconds;
    }
}
