package dev.penstock.server.telemetry;

import com.sun.management.ThreadMXBean;
import dev.penstock.core.batching.BatchUsage;
import dev.penstock.monitor.ServingStats;
import dev.penstock.router.cache.CacheUsage;
import dev.penstock.server.memory.MemoryUsage;
import dev.penstock.server.memory.ProcessMemory;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/// Everything that is measured, in one registry, ready to be scraped. Thread-safe.
public final class Telemetry implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();
    /// The registry holds what it counts weakly, and a counter whose source is gone stands still.
    private final Queue<DoubleSupplier> counted = new ConcurrentLinkedQueue<>();

    public Telemetry(ServingStats stats) {
        registry.getPrometheusRegistry().register(new ServingCollector(stats));
        new ClassLoaderMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        gc.bindTo(registry);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        counter("jvm.allocated.bytes", "Bytes that all threads have allocated on the heap.", () ->
                (double) threads.getTotalThreadAllocatedBytes());
    }

    /// Shows what the response caches do.
    ///
    /// @param usage read at each scrape
    public void caches(Supplier<List<CacheUsage>> usage) {
        registry.getPrometheusRegistry().register(new CacheCollector(usage));
    }

    /// Shows what batching does.
    ///
    /// @param usage read at each scrape
    public void batching(Supplier<List<BatchUsage>> usage) {
        registry.getPrometheusRegistry().register(new BatchCollector(usage));
    }

    /// Shows what models take of the memory, and what happened for want of it.
    ///
    /// @param usage read at each scrape, as is `waiting`, the requests that wait for their model to be loaded
    public void memory(Supplier<MemoryUsage> usage, IntSupplier waiting) {
        registry.getPrometheusRegistry().register(new MemoryCollector(usage));
        gauge("penstock_on_demand_waiting_requests", "Requests that wait for their model to be loaded.", "", "", () ->
                (double) waiting.getAsInt());
        gauge("process_resident_memory_bytes", "Memory of the process, files that are mapped among it.", "", "", () ->
                (double) ProcessMemory.residentBytes());
        gauge("process_anonymous_memory_bytes", "Memory of the process that is not that of files.", "", "", () ->
                (double) ProcessMemory.anonymousBytes());
    }

    /// Shows a value that goes up and down, read at each scrape.
    ///
    /// @param label one label's name and value, or two empty strings for none
    public void gauge(String name, String help, String label, String value, DoubleSupplier source) {
        Gauge.builder(name, source::getAsDouble)
                .description(help)
                .tags(label.isEmpty() ? Tags.empty() : Tags.of(label, value))
                .strongReference(true)
                .register(registry);
    }

    /// Shows a value that only grows, read at each scrape.
    public void counter(String name, String help, DoubleSupplier source) {
        counted.add(source);
        FunctionCounter.builder(name, source, DoubleSupplier::getAsDouble)
                .description(help)
                .register(registry);
    }

    /// The whole exposition.
    ///
    /// @param accept the scraper's Accept header, "" if it sent none: OpenMetrics for who asks for it, else the
    ///     Prometheus text format
    public Exposition scrape(String accept) {
        String type = accept.contains("application/openmetrics-text")
                ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                : "text/plain; version=0.0.4; charset=utf-8";
        return new Exposition(type, registry.scrape(type));
    }

    /// A scrape's answer.
    public record Exposition(String contentType, String text) {}

    @Override
    public void close() {
        gc.close();
        registry.close();
    }
}
