package dev.penstock.server.telemetry;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import dev.penstock.core.NanoClock;
import dev.penstock.core.batching.BatchUsage;
import dev.penstock.monitor.LoadStats;
import dev.penstock.monitor.ServingStats;
import dev.penstock.router.arms.ArmLedgers;
import dev.penstock.router.cache.CacheUsage;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.alerting.ReceiverStatus;
import dev.penstock.server.calls.CallQueue;
import dev.penstock.server.feedback.Feedback;
import dev.penstock.server.memory.MemoryUsage;
import dev.penstock.server.memory.ProcessMemory;
import dev.penstock.server.monitoring.Alert;
import dev.penstock.server.monitoring.Watched;
import dev.penstock.server.rollout.Rollouts;
import dev.penstock.server.shadow.Shadows;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Everything that is measured, in one registry, ready to be scraped. Thread-safe.
public final class Telemetry implements AutoCloseable {
    private static final int INITIAL_BYTES = 1 << 16;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final ExpositionFormats formats = ExpositionFormats.init();
    private final LongAdder droppedSeries = new LongAdder();
    private final ServingStats stats;
    private final boolean tritonNames;
    private final SeriesLimit limit;

    /// The registry holds what it counts weakly, and a counter whose source is gone stands still.
    private final Queue<DoubleSupplier> counted = new ConcurrentLinkedQueue<>();

    /// @param tritonNames whether names that Triton has are shown, too
    /// @param maxSeries that are shown
    public Telemetry(ServingStats stats, boolean tritonNames, int maxSeries) {
        this.stats = stats;
        this.tritonNames = tritonNames;
        this.limit = new SeriesLimit(maxSeries);
        registry.getPrometheusRegistry().register(new ServingCollector(stats));
        if (tritonNames) {
            registry.getPrometheusRegistry().register(new TritonMachineCollector());
        }
        // Their names are against the conventions, which `promtool check metrics` holds a page to.
        registry.config().meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"));
        registry.config().meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
        new ClassLoaderMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        gc.bindTo(registry);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        counter("jvm.allocated.bytes", "Bytes that all threads have allocated on the heap.", () ->
                (double) threads.getTotalThreadAllocatedBytes());
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            counter(
                    "process.cpu.seconds",
                    "Processor time that the process has used.",
                    () -> system.getProcessCpuTime() / Points.NANOS_PER_SECOND);
        }
        gauge("penstock_processors", "Processors that the process may use.", "", "", () ->
                (double) Runtime.getRuntime().availableProcessors());
        counter("penstock.series.dropped", "Series that scrapes left out because there were too many, each time.", () ->
                (double) droppedSeries.sum());
    }

    /// Shows what the response caches do.
    ///
    /// @param usage read at each scrape
    public void caches(Supplier<List<CacheUsage>> usage) {
        registry.getPrometheusRegistry().register(new CacheCollector(usage, tritonNames));
    }

    /// Shows what batching does.
    ///
    /// @param usage read at each scrape
    public void batching(Supplier<List<BatchUsage>> usage) {
        registry.getPrometheusRegistry().register(new BatchCollector(usage));
        if (tritonNames) {
            registry.getPrometheusRegistry().register(new TritonCollector(stats, usage));
        }
    }

    /// Shows what came of loads.
    ///
    /// @param states how many versions are in each state, read at each scrape
    public void loads(LoadStats loads, Supplier<Map<String, Long>> states) {
        registry.getPrometheusRegistry().register(new LoadCollector(loads, states));
    }

    /// Shows what doors hold of requests and answers.
    ///
    /// @param heldBytes read at each scrape
    /// @param maxBytes of which no more is taken
    public void inFlight(LongSupplier heldBytes, long maxBytes) {
        gauge("penstock_in_flight_bytes", "Requests and answers that the server holds.", "", "", () ->
                (double) heldBytes.getAsLong());
        gauge("penstock_in_flight_max_bytes", "Where requests are refused for want of room.", "", "", () ->
                (double) maxBytes);
    }

    /// Shows what models take of the memory, and what happened for want of it.
    ///
    /// @param usage read at each scrape, as is `waiting`, the requests that wait for their model to be
    ///     loaded
    public void memory(Supplier<MemoryUsage> usage, IntSupplier waiting) {
        registry.getPrometheusRegistry().register(new MemoryCollector(usage));
        gauge("penstock_on_demand_waiting_requests", "Requests that wait for their model to be loaded.", "", "", () ->
                (double) waiting.getAsInt());
        gauge("process_resident_memory_bytes", "Memory of the process, files that are mapped among it.", "", "", () ->
                (double) ProcessMemory.residentBytes());
        gauge("process_anonymous_memory_bytes", "Memory of the process that is not that of files.", "", "", () ->
                (double) ProcessMemory.anonymousBytes());
    }

    /// Shows how far rollouts are.
    public void rollouts(Rollouts rollouts) {
        registry.getPrometheusRegistry().register(new RolloutCollector(rollouts));
    }

    /// Shows what routes say.
    ///
    /// @param routes read at each scrape
    public void routes(Supplier<List<RouteSpec>> routes) {
        registry.getPrometheusRegistry().register(new RouteCollector(routes));
    }

    /// Shows what is counted of what models see and say, and how far that is from what is usual.
    ///
    /// @param versions read at each scrape, as the alerts are
    /// @param alerts the active ones
    public void monitoring(Supplier<List<Watched>> versions, Supplier<List<Alert>> alerts) {
        registry.getPrometheusRegistry().register(new MonitorCollector(versions));
        registry.getPrometheusRegistry().register(new DriftCollector(versions));
        registry.getPrometheusRegistry().register(new AlertCollector(alerts));
    }

    /// Shows what callers say of answers, and how good those are.
    ///
    /// @param feedback read at each scrape
    public void feedback(Feedback feedback) {
        registry.getPrometheusRegistry().register(new FeedbackCollector(feedback));
    }

    /// Shows what becomes of requests to the arms of routes, and of their copies.
    ///
    /// @param ledgers read at each scrape, as the shadows are
    public void arms(ArmLedgers ledgers, Shadows shadows) {
        registry.getPrometheusRegistry().register(new ArmCollector(ledgers));
        registry.getPrometheusRegistry().register(new ShadowCollector(shadows));
    }

    /// Shows how it goes with receivers of alerts.
    ///
    /// @param receivers read at each scrape
    public void alerting(Supplier<List<ReceiverStatus>> receivers) {
        registry.getPrometheusRegistry().register(new AlertingCollector(receivers));
    }

    /// Shows traced requests as examples of how long others take, once their traces can be looked up.
    ///
    /// @param export sends the traces
    /// @return what is to be called in its place
    public CallQueue.Writer examples(CallQueue.Writer export, NanoClock clock, InstantSource time) {
        return new TracedCalls(export, stats, clock, time);
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

    /// The same with one label.
    public void counter(String name, String help, String label, String value, DoubleSupplier source) {
        counted.add(source);
        FunctionCounter.builder(name, source, DoubleSupplier::getAsDouble)
                .description(help)
                .tags(label, value)
                .register(registry);
    }

    /// Shows a value that only grows, read at each scrape.
    public void counter(String name, String help, DoubleSupplier source) {
        counted.add(source);
        FunctionCounter.builder(name, source, DoubleSupplier::getAsDouble)
                .description(help)
                .register(registry);
    }

    /// The whole exposition, in the format that the scraper asks for: Prometheus' protobuf messages, which
    /// alone have native histograms, OpenMetrics, or else the Prometheus text format.
    ///
    /// @param accept the scraper's Accept header, "" if it sent none
    public Exposition scrape(String accept) {
        SeriesLimit.Limited limited =
                limit.apply(registry.getPrometheusRegistry().scrape());
        droppedSeries.add(limited.dropped());
        ExpositionFormatWriter writer = writer(accept);
        ByteArrayOutputStream out = new ByteArrayOutputStream(INITIAL_BYTES);
        try {
            writer.write(out, limited.shown(), EscapingScheme.DEFAULT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Exposition(writer.getContentType(), ByteBuffer.wrap(out.toByteArray()));
    }

    private ExpositionFormatWriter writer(String accept) {
        if (formats.getPrometheusProtobufWriter().accepts(accept)) {
            return formats.getPrometheusProtobufWriter();
        }
        return accept.contains("application/openmetrics-text")
                ? formats.getOpenMetricsTextFormatWriter()
                : formats.getPrometheusTextFormatWriter();
    }

    /// A scrape's answer.
    public record Exposition(String contentType, ByteBuffer body) {
        /// If it is text.
        public String text() {
            return StandardCharsets.UTF_8.decode(body.duplicate()).toString();
        }
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }
}
