package dev.penstock.server.telemetry;

import dev.penstock.core.ModelKey;
import dev.penstock.server.memory.Footprint;
import dev.penstock.server.memory.MemoryUsage;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
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
                inFlight(now),
                gauge("penstock_memory_budget_bytes", "Memory for all models; 0 is no limit.", now.budgetBytes()),
                gauge("penstock_memory_held_bytes", "Memory that is counted for versions in memory.", held),
                Points.counter(
                                "penstock_on_demand_loads",
                                "Versions that were loaded because somebody asked for them, by how that ended.")
                        .dataPoint(Points.count(Labels.of("result", "loaded"), (double) counts.loads()))
                        .dataPoint(Points.count(Labels.of("result", "failed"), (double) counts.failures()))
                        .build(),
                Points.counter("penstock_on_demand_evictions", "Versions that left memory because others needed it.")
                        .dataPoint(Points.count(Labels.EMPTY, (double) counts.evictions()))
                        .build(),
                Points.counter("penstock_memory_refused", "Loads for which there was no room.")
                        .dataPoint(Points.count(Labels.EMPTY, (double) counts.refusals()))
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
        GaugeSnapshot.Builder gauge = Points.gauge(
                "penstock_model_memory_bytes",
                "What a version takes: by its files, and what the process grew by when it was loaded.");
        points.forEach((labels, bytes) -> gauge.dataPoint(Points.value(labels, (double) bytes)));
        return gauge.build();
    }

    private static GaugeSnapshot inFlight(MemoryUsage now) {
        Map<Labels, Long> points = new LinkedHashMap<>();
        now.held().forEach(one -> points.merge(Points.of(one.key()), (long) one.leases(), Long::sum));
        GaugeSnapshot.Builder gauge = Points.gauge(
                "penstock_in_flight_requests",
                "Requests that a version has and that have no outcome yet; those of a batch of an event loop as one.");
        points.forEach((labels, requests) -> gauge.dataPoint(Points.value(labels, (double) requests)));
        return gauge.build();
    }

    private static void add(Map<Labels, Long> points, ModelKey key, String kind, long bytes) {
        Labels labels = Points.of(key).add("kind", kind);
        points.merge(labels, bytes, Long::sum);
    }

    private static GaugeSnapshot gauge(String name, String help, long value) {
        return Points.gauge(name, help)
                .dataPoint(Points.value(Labels.EMPTY, (double) value))
                .build();
    }
}
