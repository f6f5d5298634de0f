package dev.penstock.server.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Puts the sources together. A flag beats the environment, which beats the file, which beats the default; a
/// list is
/// replaced as a whole.
public final class ConfigReader {
    private final List<String> problems = new ArrayList<>();
    private final Map<String, Assignment> strongest = new HashMap<>();
    private final Map<Key<?>, Object> values = new HashMap<>();

    private ConfigReader() {}

    /// @param file a `penstock.yaml`, or null to use none
    /// @throws ConfigException if any source has an unknown key or a wrong value
    public static EffectiveConfig read(List<Assignment> flags, Map<String, String> environment, @Nullable Path file) {
        ConfigReader reader = new ConfigReader();
        if (file != null) {
            reader.put(YamlFile.read(file, reader.problems));
        }
        reader.put(EnvironmentVariables.read(environment, reader.problems));
        reader.put(flags);
        return reader.finish();
    }

    private void put(List<Assignment> assignments) {
        for (Assignment assignment : assignments) {
            strongest.put(assignment.key(), assignment);
        }
    }

    private EffectiveConfig finish() {
        List<Setting> settings = new ArrayList<>();
        for (Key<?> key : Keys.ALL) {
            settings.add(setting(key));
        }
        refuseProblems();
        try {
            return new EffectiveConfig(bind(), settings);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(List.of(Objects.requireNonNullElse(e.getMessage(), "wrong settings")));
        }
    }

    private <T> Setting setting(Key<T> key) {
        Assignment assignment = strongest.getOrDefault(
                key.name(), new Assignment(key.name(), ListText.split(key, key.fallback()), Origin.DEFAULT));
        T value = key.kind().reader().apply(assignment.texts());
        if (value == null) {
            problems.add("%s: '%s' (expected: %s), from %s"
                    .formatted(
                            key.name(),
                            String.join(",", assignment.texts()),
                            key.kind().expected(),
                            assignment.origin()));
            return new Setting(key, "", "", assignment.origin());
        }
        values.put(key, value);
        return new Setting(key, value, key.kind().writer().apply(value), assignment.origin());
    }

    private void refuseProblems() {
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }

    private ServerConfig bind() {
        return new ServerConfig(
                value(Keys.SERVER_NAME),
                models(),
                new ServerConfig.Http(endpoint(Keys.HTTP_HOST, Keys.HTTP_PORT), value(Keys.HTTP_MAX_BODY_BYTES)),
                new ServerConfig.Grpc(
                        endpoint(Keys.GRPC_HOST, Keys.GRPC_PORT),
                        value(Keys.GRPC_MAX_MESSAGE_BYTES),
                        value(Keys.GRPC_TRANSPORT),
                        value(Keys.GRPC_COMPRESS_FROM_BYTES),
                        connections()),
                new ServerConfig.Metrics(
                        endpoint(Keys.METRICS_HOST, Keys.METRICS_PORT),
                        value(Keys.METRICS_TRITON_NAMES),
                        value(Keys.METRICS_MAX_SERIES)),
                endpoint(Keys.ADMIN_HOST, Keys.ADMIN_PORT),
                new ServerConfig.Threads(value(Keys.WORKERS), value(Keys.IO_THREADS), value(Keys.INLINE_BUDGET)),
                new ServerConfig.Queue(value(Keys.QUEUE_MAX_REQUESTS), value(Keys.QUEUE_MAX_BYTES)),
                value(Keys.IN_FLIGHT_MAX_BYTES),
                new ServerConfig.Memory(
                        value(Keys.MEMORY_BUDGET),
                        value(Keys.ON_DEMAND_REGISTERED),
                        value(Keys.ON_DEMAND_MAX_WAITING),
                        value(Keys.ON_DEMAND_MAX_WAIT)),
                new ServerConfig.ResponseCache(value(Keys.RESPONSE_CACHE_MAX_BYTES), value(Keys.RESPONSE_CACHE_TTL)),
                new ServerConfig.Monitoring(
                        value(Keys.MONITORING_OUTPUTS),
                        value(Keys.MONITORING_MAX_BYTES),
                        value(Keys.MONITORING_WINDOW),
                        value(Keys.MONITORING_EVALUATE_EVERY),
                        value(Keys.MONITORING_BASELINE_ROWS),
                        value(Keys.MONITORING_MIN_SAMPLES),
                        value(Keys.MONITORING_CPU_BUDGET)),
                alerts(),
                new ServerConfig.Shutdown(value(Keys.DRAIN_DELAY), value(Keys.DRAIN_TIMEOUT)),
                registered(),
                value(Keys.LOG_LEVEL),
                new AccessLogConfig(
                        value(Keys.LOG_ACCESS),
                        value(Keys.LOG_ACCESS_RATIO),
                        value(Keys.LOG_ACCESS_FAILED_RATIO),
                        value(Keys.LOG_ACCESS_QUEUE_SIZE)),
                new TracingConfig(
                        value(Keys.TRACING_ENDPOINT),
                        value(Keys.TRACING_RATIO),
                        value(Keys.TRACING_QUEUE_SIZE),
                        value(Keys.TRACING_HEADERS_FILE),
                        value(Keys.TRACING_ATTRIBUTES)),
                payload(),
                new ServerConfig.Feedback(
                        value(Keys.FEEDBACK_TOKENS),
                        value(Keys.FEEDBACK_KEY_FILE),
                        value(Keys.FEEDBACK_MAX_LABEL_DAYS),
                        value(Keys.FEEDBACK_BASELINE_LABELS)),
                new ServerConfig.Shadow(
                        value(Keys.SHADOW_MAX_COPIES),
                        value(Keys.SHADOW_MAX_BYTES),
                        value(Keys.SHADOW_MAX_AGE),
                        value(Keys.SHADOW_CPU_BUDGET)),
                routing());
    }

    private RoutingConfig routing() {
        return new RoutingConfig(
                value(Keys.EXPOSURES_FOLDER),
                value(Keys.EXPOSURES_SINK),
                value(Keys.EXPOSURES_SINK_HEADERS_FILE),
                value(Keys.EXPOSURES_RATIO),
                value(Keys.EXPOSURES_FILE_BYTES),
                value(Keys.EXPOSURES_FILE_AGE),
                value(Keys.EXPOSURES_MAX_BYTES),
                value(Keys.EXPOSURES_QUEUE_SIZE),
                value(Keys.ROLLOUTS_ALLOWED_HOSTS));
    }

    private PayloadConfig payload() {
        return new PayloadConfig(
                value(Keys.PAYLOAD_FOLDER),
                value(Keys.PAYLOAD_FORMAT),
                value(Keys.PAYLOAD_FILE_BYTES),
                value(Keys.PAYLOAD_FILE_AGE),
                value(Keys.PAYLOAD_MAX_BYTES),
                value(Keys.PAYLOAD_SINK),
                value(Keys.PAYLOAD_SINK_HEADERS_FILE),
                value(Keys.PAYLOAD_RATIO),
                value(Keys.PAYLOAD_MODELS),
                value(Keys.PAYLOAD_QUEUE_BYTES),
                value(Keys.PAYLOAD_REDACT),
                value(Keys.PAYLOAD_KEY_FILE),
                value(Keys.PAYLOAD_HEADERS));
    }

    private AlertsConfig alerts() {
        return new AlertsConfig(
                value(Keys.ALERTS_RECEIVERS),
                value(Keys.ALERTS_RULES),
                value(Keys.ALERTS_ALLOWED_HOSTS),
                value(Keys.ALERTS_SECRETS_FOLDER),
                value(Keys.ALERTS_RENOTIFY_EVERY),
                value(Keys.ALERTS_COOLDOWN),
                value(Keys.ALERTS_TIMEOUT),
                value(Keys.ALERTS_RETRY_FOR),
                value(Keys.ALERTS_QUEUE_SIZE),
                new AlertsConfig.Retraining(
                        value(Keys.ALERTS_RETRAINING_REQUIRES),
                        value(Keys.ALERTS_RETRAINING_COOLDOWN),
                        value(Keys.ALERTS_RETRAINING_APPROVAL)));
    }

    private ServerConfig.Registered registered() {
        return new ServerConfig.Registered(
                value(Keys.DATA_DIR),
                value(Keys.STORE_URL),
                value(Keys.FILES_MAX_BYTES),
                value(Keys.FILES_KEY_FILE),
                value(Keys.ADMIN_MAX_UPLOAD_BYTES),
                new ServerConfig.Sources(
                        value(Keys.SOURCES_ALLOWED_HOSTS),
                        value(Keys.SOURCES_ALLOWED_FOLDERS),
                        value(Keys.SOURCES_HEADERS_FOLDER),
                        value(Keys.SOURCES_PROXY),
                        value(Keys.SOURCES_MLFLOW_TRACKING_URI),
                        value(Keys.SOURCES_S3_ENDPOINT),
                        value(Keys.SOURCES_S3_REGION),
                        value(Keys.SOURCES_S3_PATH_STYLE),
                        value(Keys.SOURCES_S3_MACHINE_CREDENTIALS)),
                value(Keys.SIGNATURES_PUBLIC_KEYS),
                value(Keys.SIGNATURES_REQUIRED),
                value(Keys.GATES_WEBHOOK_HOSTS));
    }

    private ServerConfig.Connections connections() {
        return new ServerConfig.Connections(
                value(Keys.GRPC_MAX_CONNECTION_AGE),
                value(Keys.GRPC_MAX_CONNECTION_AGE_GRACE),
                value(Keys.GRPC_MAX_CONNECTION_IDLE),
                value(Keys.GRPC_KEEPALIVE_TIME),
                value(Keys.GRPC_KEEPALIVE_TIMEOUT),
                value(Keys.GRPC_PERMIT_KEEPALIVE_TIME));
    }

    private ServerConfig.Models models() {
        return new ServerConfig.Models(
                value(Keys.MODEL_REPOSITORY),
                value(Keys.MODEL_CONTROL_MODE),
                value(Keys.REPOSITORY_POLL_INTERVAL),
                value(Keys.LOAD_MODELS),
                value(Keys.STRICT_READINESS),
                value(Keys.EXIT_ON_ERROR),
                value(Keys.DEFAULT_DEVICE));
    }

    private ServerConfig.Endpoint endpoint(Key<String> host, Key<Integer> port) {
        return new ServerConfig.Endpoint(value(host), value(port));
    }

    // Only setting() writes the map, and it writes a T for a Key<T>.
    @SuppressWarnings("unchecked")
    private <T> T value(Key<T> key) {
        return (T) Objects.requireNonNull(values.get(key));
    }
}
