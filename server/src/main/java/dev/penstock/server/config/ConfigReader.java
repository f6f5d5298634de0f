package dev.penstock.server.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Puts the sources together. A flag beats the environment, which beats the file, which beats the default; a
/// list is replaced as a whole.
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
                value(ModelKeys.SERVER_NAME),
                models(),
                registered(),
                ports(),
                work(),
                watching(),
                logs(),
                routing(),
                new ServerConfig.Shutdown(value(ShutdownKeys.DRAIN_DELAY), value(ShutdownKeys.DRAIN_TIMEOUT)));
    }

    private PortsConfig ports() {
        return new PortsConfig(
                new ServerConfig.Http(
                        endpoint(DoorKeys.HTTP_HOST, DoorKeys.HTTP_PORT), value(DoorKeys.HTTP_MAX_BODY_BYTES)),
                new ServerConfig.Grpc(
                        endpoint(DoorKeys.GRPC_HOST, DoorKeys.GRPC_PORT),
                        value(DoorKeys.GRPC_MAX_MESSAGE_BYTES),
                        value(DoorKeys.GRPC_TRANSPORT),
                        value(DoorKeys.GRPC_COMPRESS_FROM_BYTES),
                        connections()),
                new ServerConfig.Metrics(
                        endpoint(DoorKeys.METRICS_HOST, DoorKeys.METRICS_PORT),
                        value(DoorKeys.METRICS_TRITON_NAMES),
                        value(DoorKeys.METRICS_MAX_SERIES)),
                endpoint(DoorKeys.ADMIN_HOST, DoorKeys.ADMIN_PORT));
    }

    private WorkConfig work() {
        return new WorkConfig(
                new ServerConfig.Threads(
                        value(WorkKeys.WORKERS), value(WorkKeys.IO_THREADS), value(WorkKeys.INLINE_BUDGET)),
                new ServerConfig.Queue(value(WorkKeys.QUEUE_MAX_REQUESTS), value(WorkKeys.QUEUE_MAX_BYTES)),
                value(WorkKeys.IN_FLIGHT_MAX_BYTES),
                new ServerConfig.Memory(
                        value(WorkKeys.MEMORY_BUDGET),
                        value(WorkKeys.ON_DEMAND_REGISTERED),
                        value(WorkKeys.ON_DEMAND_MAX_WAITING),
                        value(WorkKeys.ON_DEMAND_MAX_WAIT)),
                new ServerConfig.ResponseCache(
                        value(WorkKeys.RESPONSE_CACHE_MAX_BYTES), value(WorkKeys.RESPONSE_CACHE_TTL)));
    }

    private WatchConfig watching() {
        return new WatchConfig(
                new ServerConfig.Monitoring(
                        value(MonitoringKeys.MONITORING_OUTPUTS),
                        value(MonitoringKeys.MONITORING_MAX_BYTES),
                        value(MonitoringKeys.MONITORING_WINDOW),
                        value(MonitoringKeys.MONITORING_EVALUATE_EVERY),
                        value(MonitoringKeys.MONITORING_BASELINE_ROWS),
                        value(MonitoringKeys.MONITORING_MIN_SAMPLES),
                        value(MonitoringKeys.MONITORING_CPU_BUDGET)),
                alerts(),
                new ServerConfig.Feedback(
                        value(MonitoringKeys.FEEDBACK_TOKENS),
                        value(MonitoringKeys.FEEDBACK_KEY_FILE),
                        value(MonitoringKeys.FEEDBACK_MAX_LABEL_DAYS),
                        value(MonitoringKeys.FEEDBACK_BASELINE_LABELS)),
                new ServerConfig.Shadow(
                        value(MonitoringKeys.SHADOW_MAX_COPIES),
                        value(MonitoringKeys.SHADOW_MAX_BYTES),
                        value(MonitoringKeys.SHADOW_MAX_AGE),
                        value(MonitoringKeys.SHADOW_CPU_BUDGET)));
    }

    private LogConfig logs() {
        return new LogConfig(
                value(LogKeys.LOG_LEVEL),
                new AccessLogConfig(
                        value(LogKeys.LOG_ACCESS),
                        value(LogKeys.LOG_ACCESS_RATIO),
                        value(LogKeys.LOG_ACCESS_FAILED_RATIO),
                        value(LogKeys.LOG_ACCESS_QUEUE_SIZE)),
                new TracingConfig(
                        value(LogKeys.TRACING_ENDPOINT),
                        value(LogKeys.TRACING_RATIO),
                        value(LogKeys.TRACING_QUEUE_SIZE),
                        value(LogKeys.TRACING_HEADERS_FILE),
                        value(LogKeys.TRACING_ATTRIBUTES)),
                payload());
    }

    private RoutingConfig routing() {
        return new RoutingConfig(
                value(LogKeys.EXPOSURES_FOLDER),
                value(LogKeys.EXPOSURES_SINK),
                value(LogKeys.EXPOSURES_SINK_HEADERS_FILE),
                value(LogKeys.EXPOSURES_RATIO),
                value(LogKeys.EXPOSURES_FILE_BYTES),
                value(LogKeys.EXPOSURES_FILE_AGE),
                value(LogKeys.EXPOSURES_MAX_BYTES),
                value(LogKeys.EXPOSURES_QUEUE_SIZE),
                value(LogKeys.ROLLOUTS_ALLOWED_HOSTS));
    }

    private PayloadConfig payload() {
        return new PayloadConfig(
                value(LogKeys.PAYLOAD_FOLDER),
                value(LogKeys.PAYLOAD_FORMAT),
                value(LogKeys.PAYLOAD_FILE_BYTES),
                value(LogKeys.PAYLOAD_FILE_AGE),
                value(LogKeys.PAYLOAD_MAX_BYTES),
                value(LogKeys.PAYLOAD_SINK),
                value(LogKeys.PAYLOAD_SINK_HEADERS_FILE),
                value(LogKeys.PAYLOAD_RATIO),
                value(LogKeys.PAYLOAD_MODELS),
                value(LogKeys.PAYLOAD_QUEUE_BYTES),
                value(LogKeys.PAYLOAD_REDACT),
                value(LogKeys.PAYLOAD_KEY_FILE),
                value(LogKeys.PAYLOAD_HEADERS));
    }

    private AlertsConfig alerts() {
        return new AlertsConfig(
                value(MonitoringKeys.ALERTS_RECEIVERS),
                value(MonitoringKeys.ALERTS_RULES),
                value(MonitoringKeys.ALERTS_ALLOWED_HOSTS),
                value(MonitoringKeys.ALERTS_SECRETS_FOLDER),
                value(MonitoringKeys.ALERTS_RENOTIFY_EVERY),
                value(MonitoringKeys.ALERTS_COOLDOWN),
                value(MonitoringKeys.ALERTS_TIMEOUT),
                value(MonitoringKeys.ALERTS_RETRY_FOR),
                value(MonitoringKeys.ALERTS_QUEUE_SIZE),
                new AlertsConfig.Retraining(
                        value(MonitoringKeys.ALERTS_RETRAINING_REQUIRES),
                        value(MonitoringKeys.ALERTS_RETRAINING_COOLDOWN),
                        value(MonitoringKeys.ALERTS_RETRAINING_APPROVAL)));
    }

    private ServerConfig.Registered registered() {
        return new ServerConfig.Registered(
                value(ModelKeys.DATA_DIR),
                value(ModelKeys.STORE_URL),
                value(ModelKeys.FILES_MAX_BYTES),
                value(ModelKeys.FILES_KEY_FILE),
                value(DoorKeys.ADMIN_MAX_UPLOAD_BYTES),
                new ServerConfig.Sources(
                        value(ModelKeys.SOURCES_ALLOWED_HOSTS),
                        value(ModelKeys.SOURCES_ALLOWED_FOLDERS),
                        value(ModelKeys.SOURCES_HEADERS_FOLDER),
                        value(ModelKeys.SOURCES_PROXY),
                        value(ModelKeys.SOURCES_MLFLOW_TRACKING_URI),
                        value(ModelKeys.SOURCES_S3_ENDPOINT),
                        value(ModelKeys.SOURCES_S3_REGION),
                        value(ModelKeys.SOURCES_S3_PATH_STYLE),
                        value(ModelKeys.SOURCES_S3_MACHINE_CREDENTIALS)),
                value(ModelKeys.SIGNATURES_PUBLIC_KEYS),
                value(ModelKeys.SIGNATURES_REQUIRED),
                value(ModelKeys.GATES_WEBHOOK_HOSTS));
    }

    private ServerConfig.Connections connections() {
        return new ServerConfig.Connections(
                value(DoorKeys.GRPC_MAX_CONNECTION_AGE),
                value(DoorKeys.GRPC_MAX_CONNECTION_AGE_GRACE),
                value(DoorKeys.GRPC_MAX_CONNECTION_IDLE),
                value(DoorKeys.GRPC_KEEPALIVE_TIME),
                value(DoorKeys.GRPC_KEEPALIVE_TIMEOUT),
                value(DoorKeys.GRPC_PERMIT_KEEPALIVE_TIME));
    }

    private ServerConfig.Models models() {
        return new ServerConfig.Models(
                value(ModelKeys.MODEL_REPOSITORY),
                value(ModelKeys.MODEL_CONTROL_MODE),
                value(ModelKeys.REPOSITORY_POLL_INTERVAL),
                value(ModelKeys.LOAD_MODELS),
                value(ModelKeys.STRICT_READINESS),
                value(ModelKeys.EXIT_ON_ERROR),
                value(ModelKeys.DEFAULT_DEVICE));
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
