package dev.penstock.server;

import dev.penstock.core.NanoClock;
import dev.penstock.server.accesslog.AccessLog;
import dev.penstock.server.accesslog.LineOutput;
import dev.penstock.server.calls.CallQueue;
import dev.penstock.server.calls.CallSink;
import dev.penstock.server.calls.CallWatch;
import dev.penstock.server.calls.Ratio;
import dev.penstock.server.config.AccessLogConfig;
import dev.penstock.server.config.ConfigException;
import dev.penstock.server.config.RoutingConfig;
import dev.penstock.server.config.ServerConfig;
import dev.penstock.server.config.TracingConfig;
import dev.penstock.server.payload.ExposureEvents;
import dev.penstock.server.payload.ExposureLog;
import dev.penstock.server.payload.ExposureSettings;
import dev.penstock.server.telemetry.Telemetry;
import dev.penstock.server.tracing.SpanExport;
import dev.penstock.server.tracing.TracingSettings;
import dev.penstock.server.wire.HeaderLines;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Puts together who wants to know of calls.
final class CallWatching {
    private static final int SPAN_CALLS = 256;
    private static final Duration SPAN_LINGER = Duration.ofSeconds(1);
    private static final int LOG_CALLS = 1024;
    private static final Duration LOG_LINGER = Duration.ofMillis(50);
    private static final Duration EXPOSURE_LINGER = Duration.ofSeconds(1);

    private CallWatching() {}

    /// @param assignments how often units of a route were dealt anew, by its name
    /// @param lifecycle gets what is to be closed after the doors
    /// @return null if nobody wants to know, so that doors look no further
    static @Nullable CallWatch start(
            ServerConfig config,
            ToLongFunction<String> assignments,
            Lifecycle lifecycle,
            Telemetry telemetry,
            NanoClock clock) {
        RoutingConfig routing = config.routing();
        if (!config.logs().tracing().isOn() && !config.logs().access().isOn() && !routing.notesExposures()) {
            return null;
        }
        CallWatch watch = new CallWatch(clock, () -> ThreadLocalRandom.current().nextLong());
        if (config.logs().tracing().isOn()) {
            CallQueue queue = traces(config, lifecycle, telemetry, clock);
            watch = watch.traced(queue, new Ratio(config.logs().tracing().ratio()));
        }
        if (config.logs().access().isOn()) {
            AccessLogConfig log = config.logs().access();
            CallQueue queue = log(log, lifecycle, telemetry, clock);
            watch = watch.logged(queue, new Ratio(log.ratio()), new Ratio(log.failedRatio()));
        }
        if (routing.notesExposures()) {
            CallSink exposures = exposures(config, assignments, lifecycle, telemetry, clock);
            watch = watch.exposed(exposures, new Ratio(routing.exposureRatio()));
        }
        return watch;
    }

    private static CallQueue traces(ServerConfig config, Lifecycle lifecycle, Telemetry telemetry, NanoClock clock) {
        TracingConfig tracing = config.logs().tracing();
        TracingSettings settings = new TracingSettings(
                tracing.collector(),
                headers("tracing.headers-file", tracing.headersFile().orElse(null)),
                config.name(),
                Version.TEXT,
                attributes(tracing.attributes()));
        SpanExport export = lifecycle.own(new SpanExport(settings, clock, InstantSource.system()));
        CallQueue.Writer writer = telemetry.examples(export, clock, InstantSource.system());
        CallQueue queue = lifecycle.own(
                new CallQueue("trace-export", tracing.queueSize(), SPAN_CALLS, SPAN_LINGER, clock, writer));
        telemetry.counter(
                "penstock_trace_spans_total", "Spans that the collector has taken.", () -> (double) export.spans());
        telemetry.counter(
                "penstock_trace_requests_dropped_total",
                "Requests whose traces were lost: the queue was full, or the collector did not take them.",
                () -> (double) queue.dropped());
        return queue;
    }

    private static CallQueue log(AccessLogConfig config, Lifecycle lifecycle, Telemetry telemetry, NanoClock clock) {
        AccessLog log = lifecycle.own(new AccessLog(output(config), clock, InstantSource.system()));
        CallQueue queue =
                lifecycle.own(new CallQueue("access-log", config.queueSize(), LOG_CALLS, LOG_LINGER, clock, log));
        telemetry.counter(
                "penstock_access_log_dropped_total",
                "Requests that the access log lost: its queue was full, or it could not be written.",
                () -> (double) queue.dropped());
        return queue;
    }

    /// To files, to a sink, or to both: each has a queue of its own, so that one that takes nothing is in
    /// nobody's way.
    private static CallSink exposures(
            ServerConfig config,
            ToLongFunction<String> assignments,
            Lifecycle lifecycle,
            Telemetry telemetry,
            NanoClock clock) {
        RoutingConfig routing = config.routing();
        List<CallQueue> queues = new ArrayList<>(2);
        if (routing.exposureFolder().isPresent()) {
            ExposureLog log = lifecycle.own(exposures(routing, assignments, clock));
            queues.add(queue("exposures", log, routing, lifecycle, clock));
        }
        if (!routing.exposureSink().isEmpty()) {
            ExposureEvents events = lifecycle.own(new ExposureEvents(
                    URI.create(routing.exposureSink()),
                    headers(
                            "exposures.sink-headers-file",
                            routing.exposureSinkHeadersFile().orElse(null)),
                    "/" + config.name(),
                    assignments,
                    clock,
                    InstantSource.system()));
            queues.add(queue("exposure-events", events, routing, lifecycle, clock));
        }
        telemetry.counter(
                "penstock_exposures_dropped_total",
                "Routed requests that were to be noted and were lost: there was no room, or they could not be written.",
                () -> (double) queues.stream().mapToLong(CallQueue::dropped).sum());
        return call -> queues.forEach(queue -> queue.offer(call));
    }

    private static ExposureLog exposures(RoutingConfig config, ToLongFunction<String> assignments, NanoClock clock) {
        Path folder = config.exposureFolder().orElseThrow();
        ExposureSettings settings =
                new ExposureSettings(folder, config.fileBytes(), config.fileAge(), config.totalBytes());
        try {
            return new ExposureLog(settings, assignments, clock, InstantSource.system());
        } catch (IOException e) {
            throw new ConfigException(List.of(
                    "exposures.folder: '%s' (expected: a folder that can be written), %s".formatted(folder, e)));
        }
    }

    private static CallQueue queue(
            String name, CallQueue.Writer writer, RoutingConfig config, Lifecycle lifecycle, NanoClock clock) {
        return lifecycle.own(new CallQueue(name, config.queueSize(), LOG_CALLS, EXPOSURE_LINGER, clock, writer));
    }

    private static LineOutput output(AccessLogConfig config) {
        if (config.isStandardOutput()) {
            // Unbuffered: the log collects lines itself.
            return LineOutput.to(new FileOutputStream(FileDescriptor.out));
        }
        try {
            return LineOutput.to(Path.of(config.target()));
        } catch (IOException e) {
            throw new ConfigException(List.of(
                    "log.access: '%s' (expected: a file that can be written), %s".formatted(config.target(), e)));
        }
    }

    private static Map<String, String> attributes(List<String> texts) {
        Map<String, String> attributes = new HashMap<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            attributes.put(
                    text.substring(0, equals).strip(),
                    text.substring(equals + 1).strip());
        }
        return attributes;
    }

    /// What a file of headers says.
    ///
    /// @param key of the setting that names it, for messages
    /// @param file null for none
    static Map<String, String> headers(String key, @Nullable Path file) {
        if (file == null) {
            return Map.of();
        }
        try {
            return HeaderLines.read(file);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(List.of(key + ": " + e.getMessage()));
        } catch (IOException e) {
            throw new ConfigException(
                    List.of("%s: %s (expected: a file that can be read), %s".formatted(key, file, e)));
        }
    }
}
