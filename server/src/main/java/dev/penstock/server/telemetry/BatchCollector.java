package dev.penstock.server.telemetry;

import dev.penstock.core.batching.BatchUsage;
import dev.penstock.core.batching.LaneStats;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/// Turns what batching counted into Prometheus series at each scrape. A version's series end when it is
/// unloaded.
final class BatchCollector implements MultiCollector {
    private final Supplier<List<BatchUsage>> usage;
    private final double[] bounds;

    BatchCollector(Supplier<List<BatchUsage>> usage) {
        this.usage = usage;
        this.bounds = new double[LaneStats.SIZE_BOUNDS + 1];
        for (int i = 0; i < LaneStats.SIZE_BOUNDS; i++) {
            bounds[i] = LaneStats.sizeBound(i);
        }
        bounds[LaneStats.SIZE_BOUNDS] = Double.POSITIVE_INFINITY;
    }

    @Override
    public MetricSnapshots collect() {
        HistogramSnapshot.Builder sizes = Points.histogram("penstock_batch_size", "Rows of each batch that ran.");
        HistogramSnapshot.Builder waits = Points.histogram(
                "penstock_batch_wait_seconds",
                "How long batches waited for more rows and to be put together once a thread was there for them.");
        CounterSnapshot.Builder closed =
                Points.counter("penstock_batch_close", "Batches by why they went with the rows they had.");
        CounterSnapshot.Builder alone = Points.counter("penstock_runs_alone", "Runs of requests that are not batched.");
        CounterSnapshot.Builder refused =
                Points.counter("penstock_queue_refused", "Requests that a queue for batches did not take, by why.");
        CounterSnapshot.Builder dropped =
                Points.counter("penstock_queue_dropped", "Requests that waited and were never run, by why.");
        CounterSnapshot.Builder reruns =
                Points.counter("penstock_batch_reruns", "Requests that ran again alone because their batch failed.");
        GaugeSnapshot.Builder rows =
                Points.gauge("penstock_queue_rows", "Rows, and requests that run alone, that wait for a worker.");
        GaugeSnapshot.Builder bytes = Points.gauge("penstock_queue_bytes", "Inputs of what waits for a worker.");
        GaugeSnapshot.Builder oldest =
                Points.gauge("penstock_queue_oldest_seconds", "How long the first of what waits has waited.");
        for (BatchUsage one : usage.get()) {
            Labels labels = Points.of(one.key());
            if (one.waits().count() > 0) {
                sizes.dataPoint(sizes(labels, one));
                waits.dataPoint(Points.latencies(labels, one.waits()));
            }
            add(closed, labels, one.closed());
            add(refused, labels, one.refused());
            dropped.dataPoint(Points.count(labels.add("reason", "expired"), (double) one.expired()));
            dropped.dataPoint(Points.count(labels.add("reason", "abandoned"), (double) one.abandoned()));
            reruns.dataPoint(Points.count(labels, (double) one.reruns()));
            alone.dataPoint(Points.count(labels, (double) one.runsAlone()));
            rows.dataPoint(Points.value(labels, (double) one.queuedRows()));
            bytes.dataPoint(Points.value(labels, (double) one.queuedBytes()));
            oldest.dataPoint(Points.value(labels, one.oldestNanos() / Points.NANOS_PER_SECOND));
        }
        return new MetricSnapshots(List.<MetricSnapshot>of(
                sizes.build(),
                waits.build(),
                closed.build(),
                alone.build(),
                refused.build(),
                dropped.build(),
                reruns.build(),
                rows.build(),
                bytes.build(),
                oldest.build()));
    }

    private HistogramDataPointSnapshot sizes(Labels labels, BatchUsage one) {
        long[] counts = one.sizes().stream().mapToLong(Long::longValue).toArray();
        return HistogramDataPointSnapshot.builder()
                .labels(labels)
                .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, counts))
                .sum((double) one.rows())
                .build();
    }

    private static <R extends Enum<R>> void add(CounterSnapshot.Builder counter, Labels labels, Map<R, Long> counts) {
        counts.forEach((reason, count) -> counter.dataPoint(
                Points.count(labels.add("reason", reason.name().toLowerCase(Locale.ROOT)), (double) count)));
    }
}
