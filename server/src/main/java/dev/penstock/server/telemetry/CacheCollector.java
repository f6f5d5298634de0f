package dev.penstock.server.telemetry;

import dev.penstock.router.cache.CacheUsage;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot.UnknownDataPointSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/// Turns the counters of the response caches into Prometheus series at each scrape. Only models that have a cache have
/// series.
final class CacheCollector implements MultiCollector {
    private final Supplier<List<CacheUsage>> usage;

    CacheCollector(Supplier<List<CacheUsage>> usage) {
        this.usage = usage;
    }

    @Override
    public MetricSnapshots collect() {
        List<CacheUsage> caches = usage.get();
        return new MetricSnapshots(List.<MetricSnapshot>of(
                counter("hits", "Requests answered from the response cache.", caches, CacheUsage::hits),
                counter(
                        "joined",
                        "Requests answered by the run of an identical request under way.",
                        caches,
                        CacheUsage::joined),
                counter("misses", "Requests to cached models that had the model run.", caches, CacheUsage::misses),
                counter("evictions", "Answers dropped for lack of room.", caches, CacheUsage::evicted),
                counter("expirations", "Answers dropped for their age.", caches, CacheUsage::expired),
                gauge("entries", "Answers held.", caches, CacheUsage::entries),
                gauge("bytes", "Memory of the answers held, keys and bookkeeping included.", caches, CacheUsage::bytes),
                triton("hits", "Requests that needed no run of their own.", caches, one -> one.hits() + one.joined()),
                triton("misses", "Requests that had the model run.", caches, CacheUsage::misses)));
    }

    private static CounterSnapshot counter(
            String what, String help, List<CacheUsage> caches, ToLongFunction<CacheUsage> value) {
        return new CounterSnapshot(
                CounterSnapshot.builder()
                        .name("penstock_cache_" + what)
                        .help(help)
                        .build()
                        .getMetadata(),
                points(
                        caches,
                        one -> CounterDataPointSnapshot.builder()
                                .labels(labels(one))
                                .value((double) value.applyAsLong(one))
                                .build()));
    }

    private static GaugeSnapshot gauge(
            String what, String help, List<CacheUsage> caches, ToLongFunction<CacheUsage> value) {
        return new GaugeSnapshot(
                GaugeSnapshot.builder()
                        .name("penstock_cache_" + what)
                        .help(help)
                        .build()
                        .getMetadata(),
                points(
                        caches,
                        one -> GaugeDataPointSnapshot.builder()
                                .labels(labels(one))
                                .value((double) value.applyAsLong(one))
                                .build()));
    }

    /// Under the name that existing dashboards ask for, which is a counter's without the suffix that this format gives
    /// to counters.
    private static UnknownSnapshot triton(
            String what, String help, List<CacheUsage> caches, ToLongFunction<CacheUsage> value) {
        return new UnknownSnapshot(
                UnknownSnapshot.builder()
                        .name("nv_cache_num_" + what + "_per_model")
                        .help(help)
                        .build()
                        .getMetadata(),
                points(
                        caches,
                        one -> UnknownDataPointSnapshot.builder()
                                .labels(labels(one))
                                .value((double) value.applyAsLong(one))
                                .build()));
    }

    private static <P> List<P> points(List<CacheUsage> caches, Function<CacheUsage, P> point) {
        List<P> points = new ArrayList<>(caches.size());
        caches.forEach(one -> points.add(point.apply(one)));
        return points;
    }

    private static Labels labels(CacheUsage one) {
        return Labels.of(
                "model", one.key().name(), "version", Long.toString(one.key().version()));
    }
}
