package dev.penstock.server.config;

import static dev.penstock.server.config.ValueKinds.choice;
import static dev.penstock.server.config.ValueKinds.integer;

import dev.penstock.core.Device;
import dev.penstock.server.admin.GrpcTransport;
import dev.penstock.server.admin.ModelControlMode;
import dev.penstock.server.payload.PayloadFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Every setting there is: the one table behind the flags, the environment, `penstock.yaml`, help and the
/// manual.
public final class Keys {
    /// In the order in which they are declared below, which is that in which people are shown them.
    private static final List<Key<?>> DECLARED = new ArrayList<>();

    static final Key<String> SERVER_NAME = key(
            "server.name", ValueKinds.NAME, "penstock", "Name that the server gives itself in its metadata.", "--id");

    public static final Key<List<Path>> MODEL_REPOSITORY = key(
            "model-repository",
            ValueKind.listOf(ValueKinds.FOLDER),
            "",
            "Folders that hold the models, one folder per model.",
            "--model-store");

    static final Key<ModelControlMode> MODEL_CONTROL_MODE = key(
            "model-control-mode",
            choice(ModelControlMode.class),
            "none",
            "none: load every model at the start. poll: also what changes later. "
                    + "explicit: load what load-models names; callers load and unload.");

    static final Key<Duration> REPOSITORY_POLL_INTERVAL = key(
            "repository-poll-interval",
            TimeSpan.KIND,
            "15s",
            "How often to look for changes of the model repository in poll mode.");

    static final Key<List<String>> LOAD_MODELS = key(
            "load-models",
            ValueKind.listOf(ValueKinds.MODEL),
            "",
            "Models to load at the start in explicit mode; * is every one.",
            "--load-model");

    static final Key<Boolean> STRICT_READINESS = key(
            "strict-readiness",
            ValueKinds.BOOL,
            "true",
            "Ready only once every model to load at the start is loaded; if false, once each was tried with what is on this"
                    + " machine: a download may take longer.");

    static final Key<Boolean> EXIT_ON_ERROR = key(
            "exit-on-error",
            ValueKinds.BOOL,
            "false",
            "Exit with code 4 if a model fails to load at the start, instead of serving the others.");

    static final Key<Device> DEFAULT_DEVICE = key(
            "default-device",
            ValueKinds.DEVICE,
            "cpu",
            "What runs a model whose configuration does not say: cpu, cuda or cuda:N.");

    public static final Key<Optional<Path>> DATA_DIR = key(
            "data-dir",
            ValueKinds.OPTIONAL_FOLDER,
            "",
            "Folder for registered models, their record and files; without one, none can be registered.");

    public static final Key<String> STORE_URL = key(
            "store.url",
            ValueKinds.TEXT,
            "",
            "PostgreSQL database for a record that servers share, as jdbc:postgresql://host:port/database; none keeps it in the data folder.");

    static final Key<Long> FILES_MAX_BYTES = key(
            "files.max-bytes",
            ByteSize.amount(),
            "20GiB",
            "Most disk for files of registered models; those used longest ago that can be fetched again are dropped first, and what then does not fit is refused.");

    static final Key<Optional<Path>> FILES_KEY_FILE = key(
            "files.key-file",
            ValueKinds.OPTIONAL_FILE,
            "",
            "File with the key, 32 bytes as hexadecimal digits or base64, that files of registered models are encrypted with on the disk.");

    static final Key<List<String>> SOURCES_ALLOWED_HOSTS = key(
            "sources.allowed-hosts",
            ValueKind.listOf(ValueKinds.NAME),
            "",
            "Hosts that models may be fetched from: host, host:port or *.suffix.");

    static final Key<List<Path>> SOURCES_ALLOWED_FOLDERS = key(
            "sources.allowed-folders",
            ValueKind.listOf(ValueKinds.FOLDER),
            "",
            "Folders of this machine that models may be fetched from.");

    static final Key<Optional<Path>> SOURCES_HEADERS_FOLDER = key(
            "sources.headers-folder",
            ValueKinds.OPTIONAL_FOLDER,
            "",
            "Folder with headers for hosts, credentials say: a file for each, named like it.");

    static final Key<String> SOURCES_PROXY = key(
            "sources.proxy",
            ValueKinds.TEXT,
            "",
            "HTTP proxy, host:port, through which models are fetched over the network; none is asked directly.");

    static final Key<String> SOURCES_MLFLOW_TRACKING_URI =
            key("sources.mlflow-tracking-uri", ValueKinds.TEXT, "", "MLflow server that models:/ URIs lead to.");

    static final Key<String> SOURCES_S3_ENDPOINT =
            key("sources.s3-endpoint", ValueKinds.TEXT, "", "Object store that s3: URIs lead to; none is Amazon's.");

    static final Key<String> SOURCES_S3_REGION =
            key("sources.s3-region", ValueKinds.NAME, "us-east-1", "Region of the object store.");

    static final Key<Boolean> SOURCES_S3_PATH_STYLE = key(
            "sources.s3-path-style",
            ValueKinds.BOOL,
            "false",
            "Whether the object store has buckets in paths and not in host names.");

    static final Key<Boolean> SOURCES_S3_MACHINE_CREDENTIALS = key(
            "sources.s3-machine-credentials",
            ValueKinds.BOOL,
            "false",
            "Ask the machine or container for credentials of the object store, over the network.");

    static final Key<List<String>> SIGNATURES_PUBLIC_KEYS = key(
            "signatures.public-keys",
            ValueKind.listOf(ValueKinds.NAME),
            "",
            "Ed25519 public keys, base64, of those who may sign models.");

    static final Key<Boolean> SIGNATURES_REQUIRED =
            key("signatures.required", ValueKinds.BOOL, "false", "Refuse to register what is not signed.");

    static final Key<List<String>> GATES_WEBHOOK_HOSTS = key(
            "gates.webhook-hosts",
            ValueKind.listOf(ValueKinds.NAME),
            "",
            "Hosts that may be asked whether a version may serve: host or host:port.");

    static final Key<String> HTTP_HOST =
            key("http.host", ValueKinds.HOST, "0.0.0.0", "Address that REST listens on.", "--http-address");

    public static final Key<Integer> HTTP_PORT =
            key("http.port", ValueKinds.PORT, "8000", "Port of REST inference; 0 takes any free one.");

    static final Key<Integer> HTTP_MAX_BODY_BYTES =
            key("http.max-body-bytes", ByteSize.kind(1024), "64MiB", "Largest REST request body.");

    static final Key<String> GRPC_HOST =
            key("grpc.host", ValueKinds.HOST, "0.0.0.0", "Address that gRPC listens on.", "--grpc-address");

    public static final Key<Integer> GRPC_PORT = key(
            "grpc.port",
            ValueKinds.PORT,
            "8001",
            "Port of gRPC inference, health and reflection; 0 takes any free one.");

    static final Key<Integer> GRPC_MAX_MESSAGE_BYTES =
            key("grpc.max-message-bytes", ByteSize.kind(1024), "64MiB", "Largest gRPC request message.");

    static final Key<GrpcTransport> GRPC_TRANSPORT = key(
            "grpc.transport",
            choice(GrpcTransport.class),
            "netty-door",
            "What carries gRPC calls. netty-door: our own, made for inference. grpc-java: the library's server.");

    static final Key<Integer> GRPC_COMPRESS_FROM_BYTES = key(
            "grpc.compress-from-bytes",
            ByteSize.kind(0),
            "0",
            "Smallest gRPC answer that is sent as gzip to callers that take it; 0 compresses none. "
                    + "It is done on an event loop, 30 ms per MiB.");

    static final Key<Duration> GRPC_MAX_CONNECTION_AGE = key(
            "grpc.max-connection-age",
            TimeSpan.KIND,
            "0s",
            "How long a gRPC connection may last, give or take a tenth, before it is told to go; 0s is for ever.");

    static final Key<Duration> GRPC_MAX_CONNECTION_AGE_GRACE = key(
            "grpc.max-connection-age-grace",
            TimeSpan.KIND,
            "0s",
            "How long its calls may then take to end; 0s is as long as they need.");

    static final Key<Duration> GRPC_MAX_CONNECTION_IDLE = key(
            "grpc.max-connection-idle",
            TimeSpan.KIND,
            "0s",
            "How long a gRPC connection may be without a call before it is told to go; 0s is for ever.");

    static final Key<Duration> GRPC_KEEPALIVE_TIME = key(
            "grpc.keepalive-time",
            TimeSpan.KIND,
            "120s",
            "Silence of a gRPC connection after which it is asked whether anybody is there; 0s never asks.");

    static final Key<Duration> GRPC_KEEPALIVE_TIMEOUT = key(
            "grpc.keepalive-timeout",
            TimeSpan.KIND,
            "20s",
            "How long the answer to that may take before the connection is closed.");

    static final Key<Duration> GRPC_PERMIT_KEEPALIVE_TIME = key(
            "grpc.permit-keepalive-time",
            TimeSpan.KIND,
            "10s",
            "How often a gRPC caller may ask that of the server; callers that go on asking sooner are cut off.");

    static final Key<String> METRICS_HOST =
            key("metrics.host", ValueKinds.HOST, "0.0.0.0", "Address that metrics listen on.", "--metrics-address");

    public static final Key<Integer> METRICS_PORT =
            key("metrics.port", ValueKinds.PORT, "8002", "Port of the Prometheus metrics; 0 takes any free one.");

    static final Key<Boolean> METRICS_TRITON_NAMES = key(
            "metrics.triton-names",
            ValueKinds.BOOL,
            "true",
            "Show what Triton has metrics of under its names, nv_inference_ and so on, too.");

    static final Key<Integer> METRICS_MAX_SERIES = key(
            "metrics.max-series",
            integer("N", 1000, 10_000_000),
            "100000",
            "Most series that metrics show; what is more is left out, histograms of models first, and counted.");

    static final Key<String> ADMIN_HOST = key(
            "admin.host",
            ValueKinds.HOST,
            "127.0.0.1",
            "Address that the admin API listens on; loopback keeps it private.");

    public static final Key<Integer> ADMIN_PORT =
            key("admin.port", ValueKinds.PORT, "8003", "Port of the admin API; 0 takes any free one.");

    public static final Key<Long> ADMIN_MAX_UPLOAD_BYTES = key(
            "admin.max-upload-bytes",
            ByteSize.amount(),
            "8GiB",
            "Most bytes of one upload of a version, all its files together.");

    static final Key<Integer> WORKERS =
            key("workers", integer("N", 0, 1024), "0", "Threads that run models; 0 is one per processor available.");

    static final Key<Integer> IO_THREADS = key(
            "io-threads",
            integer("N", 0, 1024),
            "0",
            "Threads that read and write the network, for REST and for gRPC each; 0 is half the processors, at most"
                    + " 4.");

    static final Key<Duration> INLINE_BUDGET = key(
            "inline-budget",
            TimeSpan.KIND,
            "50us",
            "Models with a faster run of one row are run by the threads that read their requests; 0s is none.");

    static final Key<Integer> QUEUE_MAX_REQUESTS = key(
            "queue.max-requests",
            integer("N", 1, 10_000_000),
            "1000",
            "Requests of one model that may wait for a worker; more are refused at once.");

    static final Key<Long> QUEUE_MAX_BYTES = key(
            "queue.max-bytes",
            ByteSize.amount(),
            "64MiB",
            "Bytes of the inputs that may wait for one model, unless it is one request, and as many of answers that are put together from several runs; more is refused at once.");

    static final Key<Long> IN_FLIGHT_MAX_BYTES = key(
            "in-flight.max-bytes",
            ByteSize.amount(),
            "0",
            "Memory for requests under way and answers not yet read, of REST and gRPC together; 0 is a quarter of the"
                    + " JVM's.");

    static final Key<Long> MEMORY_BUDGET = key(
            "memory.budget",
            ByteSize.amountOrAuto(),
            "auto",
            "Memory for all models together; what does not fit is not loaded. auto is what the machine or container has"
                    + " beside the JVM's heap and a margin; 0 is no limit.");

    static final Key<Boolean> ON_DEMAND_REGISTERED = key(
            "on-demand.registered",
            ValueKinds.BOOL,
            "false",
            "Load registered models when they are first asked for, unless their configuration says otherwise.");

    static final Key<Integer> ON_DEMAND_MAX_WAITING = key(
            "on-demand.max-waiting",
            integer("N", 1, 1_000_000),
            "1000",
            "Requests that may wait for models to be loaded; more are refused at once.");

    static final Key<Duration> ON_DEMAND_MAX_WAIT = key(
            "on-demand.max-wait",
            TimeSpan.KIND,
            "60s",
            "How long a request without an earlier deadline waits for its model to be loaded.");

    static final Key<Long> RESPONSE_CACHE_MAX_BYTES = key(
            "response-cache.max-bytes",
            ByteSize.amount(),
            "64MiB",
            "Memory for the answers of all models with a response cache together; 0 keeps none.");

    static final Key<Duration> RESPONSE_CACHE_TTL = key(
            "response-cache.ttl",
            TimeSpan.KIND,
            "0s",
            "How long an answer is given again, unless its model says; 0s is as long as there is room.");

    static final Key<Boolean> MONITORING_OUTPUTS = key(
            "monitoring.outputs",
            ValueKinds.BOOL,
            "true",
            "Count what models answer: classes, scores and values. Nothing of a single answer is kept.");

    static final Key<Long> MONITORING_MAX_BYTES = key(
            "monitoring.max-bytes",
            ByteSize.amount(),
            "64MiB",
            "Memory for what is counted and learnt of all models, for baselines and for labels; a model that finds no room"
                    + " serves without.");

    static final Key<Duration> MONITORING_WINDOW = key(
            "monitoring.window",
            TimeSpan.KIND,
            "3600s",
            "How much of the last time is held against what is usual, from 5m to 24h.");

    static final Key<Duration> MONITORING_EVALUATE_EVERY =
            key("monitoring.evaluate-every", TimeSpan.KIND, "60s", "How often that is done.");

    static final Key<Integer> MONITORING_BASELINE_ROWS = key(
            "monitoring.baseline-rows",
            integer("N", 1, 1_000_000_000),
            "10000",
            "Answered rows that are taken for usual where nobody says what is.");

    static final Key<Integer> MONITORING_MIN_SAMPLES = key(
            "monitoring.min-samples",
            integer("N", 1, 1_000_000_000),
            "500",
            "Values of a window, and of what is usual, below which nothing is said of them.");

    static final Key<Double> MONITORING_CPU_BUDGET = key(
            "monitoring.cpu-budget",
            Percent.POSITIVE,
            "1%",
            "Of all processors, for counting what models answer; where it takes more, not every row is counted.");

    static final Key<Integer> SHADOW_MAX_COPIES = key(
            "shadow.max-copies",
            integer("N", 1, 10_000_000),
            "2048",
            "Copies of requests that may wait for shadow arms, of all routes together; from four fifths on no more are made.");

    static final Key<Long> SHADOW_MAX_BYTES =
            key("shadow.max-bytes", ByteSize.amount(), "64MiB", "The same, of the memory that they take.");

    static final Key<Duration> SHADOW_MAX_AGE = key(
            "shadow.max-age",
            TimeSpan.KIND,
            "5s",
            "How long after its request a copy may wait for its shadow; after that it is dropped.");

    static final Key<Double> SHADOW_CPU_BUDGET = key(
            "shadow.cpu-budget",
            Percent.POSITIVE,
            "50%",
            "Of one processor, for what shadow arms answer, where callers leave as much.");

    static final Key<Boolean> FEEDBACK_TOKENS = key(
            "feedback.tokens",
            ValueKinds.BOOL,
            "false",
            "Give answers tokens, by which callers may say later how good they were, unless a model's configuration says"
                    + " otherwise, or no label can be held against what it answers. Such answers take the"
                    + " general path.");

    static final Key<Optional<Path>> FEEDBACK_KEY_FILE = key(
            "feedback.key-file",
            ValueKinds.OPTIONAL_FILE,
            "",
            "File with the keys of tokens, which servers share: lines of a number and 32 random bytes in base64, the first"
                    + " signs, all are believed; none has one made in the data folder, or in memory.");

    static final Key<Integer> FEEDBACK_MAX_LABEL_DAYS = key(
            "feedback.max-label-days",
            integer("N", 1, 365),
            "30",
            "How many days after an answer something may be said of it.");

    static final Key<Integer> FEEDBACK_BASELINE_LABELS = key(
            "feedback.baseline-labels",
            integer("N", 1, 100_000_000),
            "1000",
            "First labels of a version, which say how good it is usually and what its scores mean.");

    static final Key<List<AlertsConfig.Receiver>> ALERTS_RECEIVERS = key(
            "alerts.receivers",
            ValueKind.listOf(AlertTexts.RECEIVER),
            "",
            "Who is told of alerts, each as 'NAME FORM URL', FORM being webhook, webhook-binary or alertmanager.");

    static final Key<List<AlertsConfig.Rule>> ALERTS_RULES = key(
            "alerts.rules",
            ValueKind.listOf(AlertTexts.RULE),
            "",
            "What goes where, each as 'LEVEL MODEL RECEIVER', LEVEL being warning, critical or retraining, and * in MODEL any text;"
                    + " without one all receivers are told of all alerts.");

    static final Key<List<String>> ALERTS_ALLOWED_HOSTS = key(
            "alerts.allowed-hosts",
            ValueKind.listOf(ValueKinds.NAME),
            "",
            "Hosts that receivers of alerts may be on: host, host:port or *.suffix.");

    static final Key<Optional<Path>> ALERTS_SECRETS_FOLDER = key(
            "alerts.secrets-folder",
            ValueKinds.OPTIONAL_FOLDER,
            "",
            "Folder with the secrets that webhooks are signed with, a file for each receiver, named like it, and with"
                    + " what receivers know the server by, in RECEIVER.credentials.");

    static final Key<Duration> ALERTS_RENOTIFY_EVERY = key(
            "alerts.renotify-every",
            TimeSpan.KIND,
            "3600s",
            "How often webhooks are told again of an alert that stays; 0s is never.");

    static final Key<Duration> ALERTS_COOLDOWN = key(
            "alerts.cooldown",
            TimeSpan.KIND,
            "0s",
            "How long after webhooks were told of an alert the next one like it, of the same version, waits.");

    static final Key<Duration> ALERTS_TIMEOUT =
            key("alerts.timeout", TimeSpan.KIND, "10s", "How long a receiver may take to answer.");

    static final Key<Duration> ALERTS_RETRY_FOR = key(
            "alerts.retry-for",
            TimeSpan.KIND,
            "3600s",
            "How long an event is tried again, later and later, before it is given up.");

    static final Key<Integer> ALERTS_QUEUE_SIZE = key(
            "alerts.queue-size",
            integer("N", 1, 100_000),
            "256",
            "Events that may wait for one webhook; more are given up at once.");

    static final Key<List<AlertsConfig.Need>> ALERTS_RETRAINING_REQUIRES = key(
            "alerts.retraining.requires",
            ValueKind.listOf(choice(AlertsConfig.Need.class)),
            "",
            "What must be wrong with a version at the same time, one of it critical, for it to be trained again; none is"
                    + " anything.");

    static final Key<Duration> ALERTS_RETRAINING_COOLDOWN = key(
            "alerts.retraining.cooldown",
            TimeSpan.KIND,
            "86400s",
            "How long after a model's training was asked for it is not asked for again.");

    static final Key<AlertsConfig.Approval> ALERTS_RETRAINING_APPROVAL = key(
            "alerts.retraining.approval",
            choice(AlertsConfig.Approval.class),
            "manual",
            "manual: training is asked for once a person has approved it. none: at once.");

    public static final Key<Duration> DRAIN_DELAY = key(
            "shutdown.drain-delay",
            TimeSpan.KIND,
            "5s",
            "How long to go on serving after SIGTERM, not ready, until load balancers have noticed.");

    static final Key<Duration> DRAIN_TIMEOUT = declared(new Key<>(
            "shutdown.drain-timeout",
            TimeSpan.KIND,
            "30s",
            "How long the requests in flight may then take to finish.",
            List.of(new Alias("--exit-timeout-secs", "s"))));

    static final Key<LogLevel> LOG_LEVEL = key(
            "log.level", choice(LogLevel.class), "info", "Least severe records that are logged, on standard error.");

    static final Key<String> LOG_ACCESS = key(
            "log.access",
            ValueKinds.TEXT,
            "",
            "File that gets a line of JSON for each inference; - is standard output, none keeps no such log.");

    static final Key<Double> LOG_ACCESS_RATIO =
            key("log.access-ratio", ValueKinds.RATIO, "1", "Share of the inferences that are logged, from 0 to 1.");

    static final Key<Double> LOG_ACCESS_FAILED_RATIO = key(
            "log.access-failed-ratio",
            ValueKinds.RATIO,
            "1",
            "Share of the failed ones that are logged where the other share leaves them out.");

    static final Key<Integer> LOG_ACCESS_QUEUE_SIZE = key(
            "log.access-queue-size",
            integer("N", 1, 1_000_000),
            "8192",
            "Lines that may wait to be written; more are dropped and counted.");

    static final Key<String> TRACING_ENDPOINT = key(
            "tracing.endpoint",
            ValueKinds.TEXT,
            "",
            "Collector that takes traces by OTLP over HTTP, as http://host:4318; none traces nothing.");

    static final Key<Double> TRACING_RATIO = key(
            "tracing.ratio",
            ValueKinds.RATIO,
            "0.01",
            "Share of the inferences without a trace that begin one, from 0 to 1; a caller's trace is followed if the"
                    + " caller says so.");

    static final Key<Integer> TRACING_QUEUE_SIZE = key(
            "tracing.queue-size",
            integer("N", 1, 1_000_000),
            "4096",
            "Inferences whose traces may wait to be sent; more are dropped and counted.");

    static final Key<Optional<Path>> TRACING_HEADERS_FILE = key(
            "tracing.headers-file",
            ValueKinds.OPTIONAL_FILE,
            "",
            "File with headers for the collector, credentials say: lines of 'Name: value'.");

    static final Key<List<String>> TRACING_ATTRIBUTES = key(
            "tracing.attributes",
            ValueKind.listOf(ValueKinds.NAME),
            "",
            "What all traces say of this server, each as name=value.");

    static final Key<Optional<Path>> PAYLOAD_FOLDER = key(
            "payload.folder",
            ValueKinds.OPTIONAL_FOLDER,
            "",
            "Folder for files of requests and their answers; none keeps no files.");

    static final Key<PayloadFormat> PAYLOAD_FORMAT =
            key("payload.format", choice(PayloadFormat.class), "json", "What those files are.");

    static final Key<Double> PAYLOAD_RATIO = key(
            "payload.ratio",
            ValueKinds.RATIO,
            "0",
            "Share of the inferences that are kept with all they ask and answer, from 0 to 1.");

    static final Key<List<String>> PAYLOAD_MODELS = key(
            "payload.models", ValueKind.listOf(ValueKinds.NAME), "", "The same of single models, each as name=ratio.");

    static final Key<List<String>> PAYLOAD_REDACT = key(
            "payload.redact",
            ValueKind.listOf(ValueKinds.NAME),
            "",
            "What is not kept as it is, each as field:name=action or model/field:name=action; fields are tensor, input,"
                    + " output, parameter and header, actions drop, hash and mask; id=action is for the caller's id.");

    static final Key<Optional<Path>> PAYLOAD_KEY_FILE = key(
            "payload.key-file",
            ValueKinds.OPTIONAL_FILE,
            "",
            "File with the key of hashes, at least 16 bytes; without one it is made anew at each start.");

    static final Key<List<String>> PAYLOAD_HEADERS =
            key("payload.headers", ValueKind.listOf(ValueKinds.NAME), "", "Headers that are kept of requests.");

    static final Key<Long> PAYLOAD_FILE_BYTES =
            key("payload.file-bytes", ByteSize.amount(), "64MiB", "Size at which a new file is begun.");

    static final Key<Duration> PAYLOAD_FILE_AGE =
            key("payload.file-age", TimeSpan.KIND, "600s", "Age at which a new file is begun.");

    static final Key<Long> PAYLOAD_MAX_BYTES =
            key("payload.max-bytes", ByteSize.amount(), "1GiB", "Most disk for these files; the oldest go first.");

    static final Key<Long> PAYLOAD_QUEUE_BYTES = key(
            "payload.queue-bytes",
            ByteSize.amount(),
            "64MiB",
            "Memory for what is kept and not yet written; what is more is dropped and counted.");

    static final Key<String> PAYLOAD_SINK = key(
            "payload.sink",
            ValueKinds.TEXT,
            "",
            "Where requests and answers are posted as CloudEvents, as http://host:port/path; none posts nothing.");

    static final Key<Optional<Path>> PAYLOAD_SINK_HEADERS_FILE = key(
            "payload.sink-headers-file",
            ValueKinds.OPTIONAL_FILE,
            "",
            "File with headers for the sink, credentials say: lines of 'Name: value'.");

    static final Key<Optional<Path>> EXPOSURES_FOLDER = key(
            "exposures.folder",
            ValueKinds.OPTIONAL_FOLDER,
            "",
            "Folder for files that say which arm of a route had which request; none keeps no such files.");

    static final Key<String> EXPOSURES_SINK = key(
            "exposures.sink",
            ValueKinds.TEXT,
            "",
            "Where the same is posted as CloudEvents, as http://host:port/path; none posts nothing.");

    static final Key<Optional<Path>> EXPOSURES_SINK_HEADERS_FILE = key(
            "exposures.sink-headers-file",
            ValueKinds.OPTIONAL_FILE,
            "",
            "File with headers for that sink: lines of 'Name: value'.");

    static final Key<Double> EXPOSURES_RATIO = key(
            "exposures.ratio",
            ValueKinds.RATIO,
            "0.01",
            "Share of the routed inferences that they say it of, from 0 to 1.");

    static final Key<Long> EXPOSURES_FILE_BYTES =
            key("exposures.file-bytes", ByteSize.amount(), "64MiB", "Size at which a new such file is begun.");

    static final Key<Duration> EXPOSURES_FILE_AGE =
            key("exposures.file-age", TimeSpan.KIND, "600s", "Age at which a new such file is begun.");

    static final Key<Long> EXPOSURES_MAX_BYTES =
            key("exposures.max-bytes", ByteSize.amount(), "1GiB", "Most disk for such files; the oldest go first.");

    static final Key<Integer> EXPOSURES_QUEUE_SIZE = key(
            "exposures.queue-size",
            integer("N", 1, 1_000_000),
            "8192",
            "Such lines that may wait to be written; more are dropped and counted.");

    static final Key<List<String>> ROLLOUTS_ALLOWED_HOSTS = key(
            "rollouts.allowed-hosts",
            ValueKind.listOf(ValueKinds.NAME),
            "",
            "Hosts that metrics of rollouts may ask, a Prometheus say: host, host:port or *.suffix.");

    public static final List<Key<?>> ALL = List.copyOf(DECLARED);

    private static final Map<String, Key<?>> BY_NAME =
            ALL.stream().collect(Collectors.toUnmodifiableMap(Key::name, Function.identity()));

    private Keys() {}

    /// @return the key of that name, or null if there is none
    public static @Nullable Key<?> byName(String name) {
        return BY_NAME.get(name);
    }

    private static <T> Key<T> key(
            String name, ValueKind<T> kind, String fallback, String description, String... aliases) {
        List<Alias> others = Arrays.stream(aliases).map(Alias::of).toList();
        return declared(new Key<>(name, kind, fallback, description, others));
    }

    private static <T> Key<T> declared(Key<T> key) {
        DECLARED.add(key);
        return key;
    }
}
