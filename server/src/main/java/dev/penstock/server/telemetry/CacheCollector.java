package dev.penstock.server.telemetry;

import dev.penstock.router.cache.CacheUsage;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot.UnknownDataPointSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/// Turns the counters of the response caches into Prometheus series at each scrape. Only models that have a
/// cache have series.
final class CacheCollector implements MultiCollector {
    private final Supplier<List<CacheUsage>> usage;
    private final boolean tritonNames;

    /// @param tritonNames whether names that Triton has are shown, too
    CacheCollector(Supplier<List<CacheUsage>> usage, boolean tritonNames) {
        this.usage = usage;
        this.tritonNames = tritonNames;
    }

    @Override
    public MetricSnapshots collect() {
        List<CacheUsage> caches = usage.get();
        List<MetricSnapshot> families = new ArrayList<>();
        families.add(counter("hits", "Requests answered from the response cache.", caches, CacheUsage::hits));
        families.add(counter(
                "joined",
                "Requests answered by the run of an identical request under way.",
                caches,
                CacheUsage::joined));
        families.add(
                counter("misses", "Requests to cached models that had the model run.", caches, CacheUsage::misses));
        families.add(counter("evictions", "Answers dropped for lack of room.", caches, CacheUsage::evicted));
        families.add(counter("expirations", "Answers dropped for their age.", caches, CacheUsage::expired));
        families.add(gauge("entries", "Answers held.", caches, CacheUsage::entries));
        families.add(gauge(
                "bytes", "Memory of the answers held, keys and bookkeeping included.", caches, CacheUsage::bytes));
        if (tritonNames) {
            families.add(triton(
                    "hits", "Requests that needed no run of their own.", caches, one -> one.hits() + one.joined()));
            families.add(triton("misses", "Requests that had the model run.", caches, CacheUsage::misses));
        }
        return new MetricSnapshots(families);
    }

    private static CounterSnapshot counter(
            String what, String help, List<CacheUsage> caches, ToLongFunction<CacheUsage> value) {
        CounterSnapshot.Builder counter = Points.counter("penstock_cache_" + what, help);
        caches.forEach(one -> counter.dataPoint(Points.count(Points.of(one.key()), (double) value.applyAsLong(one))));
        return counter.build();
    }

    private static GaugeSnapshot gauge(
            String what, String help, List<CacheUsage> caches, ToLongFunction<CacheUsage> value) {
        GaugeSnapshot.Builder gauge = Points.gauge("penstock_cache_" + what, help);
        caches.forEach(one -> gauge.dataPoint(Points.value(Points.of(one.key()), (double) value.applyAsLong(one))));
        return gauge.build();
    }

    /// Under the name that existing dashboards ask for, which is a counter's without the suffix that this
    /// format gives to counters.
    private static UnknownSnapshot triton(
            String what, String help, List<CacheUsage> caches, ToLongFunction<CacheUsage> value) {
        UnknownSnapshot.Builder counter = UnknownSnapshot.builder()
                .name("nv_cache_num_" + what + "_per_model")
                .help(help);
        caches.forEach(one -> counter.dataPoint(UnknownDataPointSnapshot.builder()
                .labels(Points.of(one.key()))
                .value((double) value.applyAsLong(one))
                .build()));
        return counter.build();
    }
}
