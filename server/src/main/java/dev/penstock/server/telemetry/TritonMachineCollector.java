package dev.penstock.server.telemetry;

import dev.penstock.server.memory.MachineLoad;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/// The machine's processors and memory under Triton's names; what the system does not tell has no series.
final class TritonMachineCollector implements MultiCollector {
    @Override
    public MetricSnapshots collect() {
        MachineLoad.Memory memory = MachineLoad.memory();
        return MetricSnapshots.of(
                gauge(
                        "nv_cpu_utilization",
                        "Share of the processors that is in use, 0 to 1.",
                        MachineLoad.processorShare()),
                gauge("nv_cpu_memory_total_bytes", "Memory of the machine.", (double) memory.totalBytes()),
                gauge("nv_cpu_memory_used_bytes", "Memory of the machine that is in use.", (double)
                        memory.usedBytes()));
    }

    /// @param value negative where it is not known
    private static GaugeSnapshot gauge(String name, String help, double value) {
        GaugeSnapshot.Builder gauge = Points.gauge(name, help);
        if (value >= 0) {
            gauge.dataPoint(Points.value(Labels.EMPTY, value));
        }
        return gauge.build();
    }
}
