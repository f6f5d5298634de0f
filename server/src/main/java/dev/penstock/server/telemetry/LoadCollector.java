package dev.penstock.server.telemetry;

import dev.penstock.monitor.LoadResult;
import dev.penstock.monitor.LoadStats;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/// What came of loads, and what the versions are now.
final class LoadCollector implements MultiCollector {
    private final LoadStats loads;
    private final Supplier<Map<String, Long>> states;

    /// @param states how many versions are in each state
    LoadCollector(LoadStats loads, Supplier<Map<String, Long>> states) {
        this.loads = loads;
        this.states = states;
    }

    @Override
    public MetricSnapshots collect() {
        CounterSnapshot.Builder results = Points.counter(
                "penstock_model_loads", "Loads of versions by how they ended: loaded, or why they are not.");
        for (LoadResult result : LoadResult.values()) {
            Labels labels = Labels.of("result", result.name().toLowerCase(Locale.ROOT));
            results.dataPoint(Points.count(labels, (double) loads.count(result)));
        }
        HistogramSnapshot.Builder durations =
                Points.histogram("penstock_model_load_duration_seconds", "How long loads took that went well.");
        durations.dataPoint(Points.latencies(Labels.EMPTY, loads.durations()));
        GaugeSnapshot.Builder versions =
                Points.gauge("penstock_model_versions", "Versions that are known, by their state.");
        states.get()
                .forEach((state, count) -> versions.dataPoint(Points.value(Labels.of("state", state), (double) count)));
        return MetricSnapshots.of(results.build(), durations.build(), versions.build());
    }
}
