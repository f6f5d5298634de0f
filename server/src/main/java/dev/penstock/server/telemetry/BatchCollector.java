package dev.penstock.server.telemetry;

import dev.penstock.core.batching.BatchUsage;
import dev.penstock.core.batching.LaneStats;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/// Turns what batching counted into Prometheus series at each scrape. A version's series end when it is unloaded.
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
        HistogramSnapshot.Builder sizes =
                HistogramSnapshot.builder().name("penstock_batch_size").help("Rows of each batch that ran.");
        CounterSnapshot.Builder closed = CounterSnapshot.builder()
                .name("penstock_batch_close")
                .help("Batches by why they went with the rows they had.");
        CounterSnapshot.Builder refused = CounterSnapshot.builder()
                .name("penstock_queue_refused")
                .help("Requests that a queue for batches did not take, by why.");
        CounterSnapshot.Builder dropped = CounterSnapshot.builder()
                .name("penstock_queue_dropped")
                .help("Requests that waited and were never run, by why.");
        CounterSnapshot.Builder reruns = CounterSnapshot.builder()
                .name("penstock_batch_reruns")
                .help("Requests that ran again alone because their batch failed.");
        GaugeSnapshot.Builder queued = GaugeSnapshot.builder()
                .name("penstock_queue_rows")
                .help("Rows, and requests that run alone, that wait for a worker.");
        for (BatchUsage one : usage.get()) {
            Labels labels = Labels.of(
                    "model",
                    one.key().name(),
                    "version",
                    Long.toString(one.key().version()));
            sizes.dataPoint(sizes(labels, one));
            add(closed, labels, one.closed());
            add(refused, labels, one.refused());
            dropped.dataPoint(count(labels.add("reason", "expired"), one.expired()));
            dropped.dataPoint(count(labels.add("reason", "abandoned"), one.abandoned()));
            reruns.dataPoint(count(labels, one.reruns()));
            queued.dataPoint(GaugeDataPointSnapshot.builder()
                    .labels(labels)
                    .value((double) one.queuedRows())
                    .build());
        }
        return MetricSnapshots.of(
                sizes.build(), closed.build(), refused.build(), dropped.build(), reruns.build(), queued.build());
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
        counts.forEach((reason, count) ->
                counter.dataPoint(count(labels.add("reason", reason.name().toLowerCase(Locale.ROOT)), count)));
    }

    private static CounterDataPointSnapshot count(Labels labels, long value) {
        return CounterDataPointSnapshot.builder()
                .labels(labels)
                .value((double) value)
                .build();
    }
}
