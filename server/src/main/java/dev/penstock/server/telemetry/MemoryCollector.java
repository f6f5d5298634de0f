package dev.penstock.server.telemetry;

import dev.penstock.core.ModelKey;
import dev.penstock.server.memory.Footprint;
import dev.penstock.server.memory.MemoryUsage;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/// Turns what models take of the memory into Prometheus series at each scrape. Only versions in memory have
/// series.
final class MemoryCollector implements MultiCollector {
    private final Supplier<MemoryUsage> usage;

    MemoryCollector(Supplier<MemoryUsage> usage) {
        this.usage = usage;
    }

    @Override
    public MetricSnapshots collect() {
        MemoryUsage now = usage.get();
        MemoryUsage.Counts counts = now.counts();
        long held =
                now.held().stream().mapToLong(one -> one.footprint().bytes()).sum();
        return MetricSnapshots.of(
                perVersion(now),
                gauge("penstock_memory_budget_bytes", "Memory for all models; 0 is no limit.", now.budgetBytes()),
                gauge("penstock_memory_held_bytes", "Memory that is counted for versions in memory.", held),
                CounterSnapshot.builder()
                        .name("penstock_on_demand_loads")
                        .help("Versions that were loaded because somebody asked for them, by how that ended.")
                        .dataPoint(count(Labels.of("result", "loaded"), counts.loads()))
                        .dataPoint(count(Labels.of("result", "failed"), counts.failures()))
                        .build(),
                CounterSnapshot.builder()
                        .name("penstock_on_demand_evictions")
                        .help("Versions that left memory because others needed it.")
                        .dataPoint(count(Labels.EMPTY, counts.evictions()))
                        .build(),
                CounterSnapshot.builder()
                        .name("penstock_memory_refused")
                        .help("Loads for which there was no room.")
                        .dataPoint(count(Labels.EMPTY, counts.refusals()))
                        .build());
    }

    /// A version that is being replaced by itself is in memory twice.
    private static GaugeSnapshot perVersion(MemoryUsage now) {
        Map<Labels, Long> points = new LinkedHashMap<>();
        for (MemoryUsage.Held one : now.held()) {
            Footprint footprint = one.footprint();
            add(points, one.key(), "predicted", footprint.predictedBytes());
            if (footprint.measuredBytes() >= 0) {
                add(points, one.key(), "measured", footprint.measuredBytes());
            }
        }
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder()
                .name("penstock_model_memory_bytes")
                .help("What a version takes: by its files, and what the process grew by when it was loaded.");
        points.forEach((labels, bytes) -> gauge.dataPoint(point(labels, bytes)));
        return gauge.build();
    }

    private static void add(Map<Labels, Long> points, ModelKey key, String kind, long bytes) {
        Labels labels = Labels.of("model", key.name(), "version", Long.toString(key.version()), "kind", kind);
        points.merge(labels, bytes, Long::sum);
    }

    private static GaugeSnapshot gauge(String name, String help, long value) {
        return GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(point(Labels.EMPTY, value))
                .build();
    }

    private static GaugeDataPointSnapshot point(Labels labels, long value) {
        return GaugeDataPointSnapshot.builder()
                .labels(labels)
                .value((double) value)
                .build();
    }

    private static CounterDataPointSnapshot count(Labels labels, long value) {
        return CounterDataPointSnapshot.builder()
                .labels(labels)
                .value((double) value)
                .build();
    }
}
