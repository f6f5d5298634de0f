package dev.penstock.server.config;

import static dev.penstock.server.config.ValueKinds.choice;

import dev.penstock.server.payload.PayloadFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What is written down of requests, and where. In the order in which people are shown them.
public final class LogKeys {
    static final KeyGroup GROUP = new KeyGroup();

    public static final Key<LogLevel> LOG_LEVEL = GROUP.key(
            "log.level", choice(LogLevel.class), "info", "Least severe records that are logged, on standard error.");

    static final Key<String> LOG_ACCESS = GROUP.text(
            "log.access",
            "File that gets a line of JSON for each inference; - is standard output, none keeps no such log.");

    static final Key<Double> LOG_ACCESS_RATIO = GROUP.key(
            "log.access-ratio", ValueKinds.RATIO, "1", "Share of the inferences that are logged, from 0 to 1.");

    static final Key<Double> LOG_ACCESS_FAILED_RATIO = GROUP.key(
            "log.access-failed-ratio",
            ValueKinds.RATIO,
            "1",
            "Share of the failed ones that are logged where the other share leaves them out.");

    static final Key<Integer> LOG_ACCESS_QUEUE_SIZE = GROUP.room(
            "log.access-queue-size", "8192", "Lines that may wait to be written; more are dropped and counted.");

    static final Key<String> TRACING_ENDPOINT = GROUP.text(
            "tracing.endpoint",
            "Collector that takes traces by OTLP over HTTP, as http://host:4318; none traces nothing.");

    static final Key<Double> TRACING_RATIO = GROUP.key(
            "tracing.ratio",
            ValueKinds.RATIO,
            "0.01",
            "Share of the inferences without a trace that begin one, from 0 to 1; a caller's trace is followed if the"
                    + " caller says so.");

    static final Key<Integer> TRACING_QUEUE_SIZE = GROUP.room(
            "tracing.queue-size", "4096", "Inferences whose traces may wait to be sent; more are dropped and counted.");

    static final Key<Optional<Path>> TRACING_HEADERS_FILE = GROUP.file(
            "tracing.headers-file", "File with headers for the collector, credentials say: lines of 'Name: value'.");

    static final Key<List<String>> TRACING_ATTRIBUTES =
            GROUP.names("tracing.attributes", "What all traces say of this server, each as name=value.");

    static final Key<Optional<Path>> PAYLOAD_FOLDER =
            GROUP.folder("payload.folder", "Folder for files of requests and their answers; none keeps no files.");

    static final Key<PayloadFormat> PAYLOAD_FORMAT =
            GROUP.key("payload.format", choice(PayloadFormat.class), "json", "What those files are.");

    static final Key<Double> PAYLOAD_RATIO = GROUP.key(
            "payload.ratio",
            ValueKinds.RATIO,
            "0",
            "Share of the inferences that are kept with all they ask and answer, from 0 to 1.");

    static final Key<List<String>> PAYLOAD_MODELS =
            GROUP.names("payload.models", "The same of single models, each as name=ratio.");

    static final Key<List<String>> PAYLOAD_REDACT = GROUP.names(
            "payload.redact",
            "What is not kept as it is, each as field:name=action or model/field:name=action; fields are tensor, input,"
                    + " output, parameter and header, actions drop, hash and mask; id=action is for the caller's id.");

    static final Key<Optional<Path>> PAYLOAD_KEY_FILE = GROUP.file(
            "payload.key-file",
            "File with the key of hashes, at least 16 bytes; without one it is made anew at each start.");

    static final Key<List<String>> PAYLOAD_HEADERS =
            GROUP.names("payload.headers", "Headers that are kept of requests.");

    static final Key<Long> PAYLOAD_FILE_BYTES =
            GROUP.bytes("payload.file-bytes", "64MiB", "Size at which a new file is begun.");

    static final Key<Duration> PAYLOAD_FILE_AGE =
            GROUP.time("payload.file-age", "600s", "Age at which a new file is begun.");

    static final Key<Long> PAYLOAD_MAX_BYTES =
            GROUP.bytes("payload.max-bytes", "1GiB", "Most disk for these files; the oldest go first.");

    static final Key<Long> PAYLOAD_QUEUE_BYTES = GROUP.bytes(
            "payload.queue-bytes",
            "64MiB",
            "Memory for what is kept and not yet written; what is more is dropped and counted.");

    static final Key<String> PAYLOAD_SINK = GROUP.text(
            "payload.sink",
            "Where requests and answers are posted as CloudEvents, as http://host:port/path; none posts nothing.");

    static final Key<Optional<Path>> PAYLOAD_SINK_HEADERS_FILE = GROUP.file(
            "payload.sink-headers-file", "File with headers for the sink, credentials say: lines of 'Name: value'.");

    static final Key<Optional<Path>> EXPOSURES_FOLDER = GROUP.folder(
            "exposures.folder",
            "Folder for files that say which arm of a route had which request; none keeps no such files.");

    static final Key<String> EXPOSURES_SINK = GROUP.text(
            "exposures.sink", "Where the same is posted as CloudEvents, as http://host:port/path; none posts nothing.");

    static final Key<Optional<Path>> EXPOSURES_SINK_HEADERS_FILE =
            GROUP.file("exposures.sink-headers-file", "File with headers for that sink: lines of 'Name: value'.");

    static final Key<Double> EXPOSURES_RATIO = GROUP.key(
            "exposures.ratio",
            ValueKinds.RATIO,
            "0.01",
            "Share of the routed inferences that they say it of, from 0 to 1.");

    static final Key<Long> EXPOSURES_FILE_BYTES =
            GROUP.bytes("exposures.file-bytes", "64MiB", "Size at which a new such file is begun.");

    static final Key<Duration> EXPOSURES_FILE_AGE =
            GROUP.time("exposures.file-age", "600s", "Age at which a new such file is begun.");

    static final Key<Long> EXPOSURES_MAX_BYTES =
            GROUP.bytes("exposures.max-bytes", "1GiB", "Most disk for such files; the oldest go first.");

    static final Key<Integer> EXPOSURES_QUEUE_SIZE = GROUP.room(
            "exposures.queue-size", "8192", "Such lines that may wait to be written; more are dropped and counted.");

    static final Key<List<String>> ROLLOUTS_ALLOWED_HOSTS = GROUP.hosts(
            "rollouts.allowed-hosts",
            "Hosts that metrics of rollouts may ask, a Prometheus say: host, host:port or *.suffix.");

    private LogKeys() {}
}
