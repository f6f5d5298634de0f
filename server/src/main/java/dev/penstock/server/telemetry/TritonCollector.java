package dev.penstock.server.telemetry;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.batching.BatchUsage;
import dev.penstock.monitor.ServingStats;
import dev.penstock.monitor.VersionStats;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot.UnknownDataPointSnapshot;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/// What serving and batching counted, under the names that dashboards and autoscalers for Triton ask for.
///
/// Counters have no type here: these names lack the suffix that the formats give to counters. What Triton
/// counts and this server does not know is left out rather than shown as 0.
final class TritonCollector implements MultiCollector {
    private final ServingStats stats;
    private final Supplier<List<BatchUsage>> usage;

    TritonCollector(ServingStats stats, Supplier<List<BatchUsage>> usage) {
        this.stats = stats;
        this.usage = usage;
    }

    /// Why a request failed, in Triton's words.
    private enum Reason {
        REJECTED,
        CANCELED,
        BACKEND,
        OTHER;

        static Reason of(ErrorCode code) {
            return switch (code) {
                case OVERLOADED, DEADLINE_EXCEEDED -> REJECTED;
                case CANCELLED -> CANCELED;
                case MODEL_FAILED -> BACKEND;
                case INVALID_ARGUMENT,
                        NOT_FOUND,
                        ALREADY_EXISTS,
                        NOT_READY,
                        TOO_LARGE,
                        UNAUTHENTICATED,
                        PERMISSION_DENIED,
                        UNSUPPORTED,
                        INTERNAL -> OTHER;
            };
        }
    }

    @Override
    public MetricSnapshots collect() {
        Map<ModelKey, VersionStats> served = stats.versions();
        Map<ModelKey, BatchUsage> batched = new LinkedHashMap<>();
        usage.get().forEach(one -> batched.put(one.key(), one));
        return new MetricSnapshots(List.<MetricSnapshot>of(
                counter("nv_inference_request_success", "Requests that were answered.", served, one ->
                        (double) one.successes()),
                failures(served),
                counter(
                        "nv_inference_count",
                        "Rows of requests that were answered and not from the cache.",
                        served,
                        one -> (double) (one.rows() - one.cachedRows())),
                counter("nv_inference_exec_count", "Runs of the model.", batched, one ->
                        (double) (runs(one) + one.runsAlone())),
                counter(
                        "nv_inference_request_duration_us",
                        "Time of requests that were answered, from arrival to the answer.",
                        served,
                        one -> micros(one.total().sumNanos())),
                queued(served, batched),
                counter(
                        "nv_inference_compute_input_duration_us",
                        "Time that requests waited for their batch to be put together.",
                        batched,
                        one -> micros(one.inputNanos())),
                counter(
                        "nv_inference_compute_infer_duration_us",
                        "Time of the runs that requests were answered by.",
                        served,
                        one -> micros(one.run().sumNanos())),
                gauge(
                        "nv_inference_pending_request_count",
                        "Rows, and requests that run alone, that wait for a worker.",
                        batched,
                        one -> (double) one.queuedRows()),
                loadSeconds(served)));
    }

    private static long runs(BatchUsage one) {
        return one.sizes().stream().mapToLong(Long::longValue).sum();
    }

    private static double micros(long nanos) {
        return (double) TimeUnit.NANOSECONDS.toMicros(nanos);
    }

    private static UnknownSnapshot failures(Map<ModelKey, VersionStats> served) {
        UnknownSnapshot.Builder failures = UnknownSnapshot.builder()
                .name("nv_inference_request_failure")
                .help("Requests that were not answered, by why.");
        served.forEach((key, version) -> {
            Map<Reason, Long> counts = new EnumMap<>(Reason.class);
            for (ErrorCode code : ErrorCode.values()) {
                counts.merge(Reason.of(code), version.failures(code), Long::sum);
            }
            counts.forEach((reason, count) ->
                    failures.dataPoint(point(Points.of(key).add("reason", reason.name()), (double) count)));
        });
        return failures.build();
    }

    /// Triton's queue ends where a batch is put together, ours where it runs.
    private static UnknownSnapshot queued(Map<ModelKey, VersionStats> served, Map<ModelKey, BatchUsage> batched) {
        UnknownSnapshot.Builder queued = UnknownSnapshot.builder()
                .name("nv_inference_queue_duration_us")
                .help("Time that requests that were answered waited for a worker.");
        served.forEach((key, version) -> {
            BatchUsage usage = batched.get(key);
            long input = usage == null ? 0 : usage.inputNanos();
            queued.dataPoint(
                    point(Points.of(key), micros(Math.max(0, version.queue().sumNanos() - input))));
        });
        return queued.build();
    }

    private static GaugeSnapshot loadSeconds(Map<ModelKey, VersionStats> served) {
        GaugeSnapshot.Builder seconds =
                Points.gauge("nv_model_load_duration_secs", "How long the last load of the version took.");
        served.forEach((key, version) -> {
            if (version.loadNanos() > 0) {
                seconds.dataPoint(Points.value(Points.of(key), version.loadNanos() / Points.NANOS_PER_SECOND));
            }
        });
        return seconds.build();
    }

    private static <V> UnknownSnapshot counter(
            String name, String help, Map<ModelKey, V> versions, ToDoubleFunction<V> value) {
        UnknownSnapshot.Builder counter = UnknownSnapshot.builder().name(name).help(help);
        versions.forEach((key, one) -> counter.dataPoint(point(Points.of(key), value.applyAsDouble(one))));
        return counter.build();
    }

    private static <V> GaugeSnapshot gauge(
            String name, String help, Map<ModelKey, V> versions, ToDoubleFunction<V> value) {
        GaugeSnapshot.Builder gauge = Points.gauge(name, help);
        versions.forEach((key, one) -> gauge.dataPoint(Points.value(Points.of(key), value.applyAsDouble(one))));
        return gauge.build();
    }

    private static UnknownDataPointSnapshot point(Labels labels, double value) {
        return UnknownDataPointSnapshot.builder().labels(labels).value(value).build();
    }
}
