package dev.penstock.server.config;

import static dev.penstock.server.config.ValueKinds.choice;

import dev.penstock.core.Device;
import dev.penstock.server.admin.ModelControlMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Which models there are, where they come from, and what they have to pass. In the order in which people are
/// shown them.
public final class ModelKeys {
    static final KeyGroup GROUP = new KeyGroup();

    static final Key<String> SERVER_NAME = GROUP.key(
            "server.name", ValueKinds.NAME, "penstock", "Name that the server gives itself in its metadata.", "--id");

    public static final Key<List<Path>> MODEL_REPOSITORY = GROUP.key(
            "model-repository",
            ValueKind.listOf(ValueKinds.FOLDER),
            "",
            "Folders that hold the models, one folder per model.",
            "--model-store");

    static final Key<ModelControlMode> MODEL_CONTROL_MODE = GROUP.key(
            "model-control-mode",
            choice(ModelControlMode.class),
            "none",
            "none: load every model at the start. poll: also what changes later. "
                    + "explicit: load what load-models names; callers load and unload.");

    static final Key<Duration> REPOSITORY_POLL_INTERVAL = GROUP.time(
            "repository-poll-interval", "15s", "How often to look for changes of the model repository in poll mode.");

    static final Key<List<String>> LOAD_MODELS = GROUP.key(
            "load-models",
            ValueKind.listOf(ValueKinds.MODEL),
            "",
            "Models to load at the start in explicit mode; * is every one.",
            "--load-model");

    static final Key<Boolean> STRICT_READINESS = GROUP.key(
            "strict-readiness",
            ValueKinds.BOOL,
            "true",
            "Ready only once every model to load at the start is loaded; if false, once each was tried with what is on this"
                    + " machine: a download may take longer.");

    static final Key<Boolean> EXIT_ON_ERROR = GROUP.key(
            "exit-on-error",
            ValueKinds.BOOL,
            "false",
            "Exit with code 4 if a model fails to load at the start, instead of serving the others.");

    static final Key<Device> DEFAULT_DEVICE = GROUP.key(
            "default-device",
            ValueKinds.DEVICE,
            "cpu",
            "What runs a model whose configuration does not say: cpu, cuda or cuda:N.");

    public static final Key<Optional<Path>> DATA_DIR = GROUP.folder(
            "data-dir", "Folder for registered models, their record and files; without one, none can be registered.");

    public static final Key<String> STORE_URL = GROUP.text(
            "store.url",
            "PostgreSQL database for a record that servers share, as jdbc:postgresql://host:port/database; none keeps it in the data folder.");

    static final Key<Long> FILES_MAX_BYTES = GROUP.bytes(
            "files.max-bytes",
            "20GiB",
            "Most disk for files of registered models; those used longest ago that can be fetched again are dropped first, and what then does not fit is refused.");

    static final Key<Optional<Path>> FILES_KEY_FILE = GROUP.file(
            "files.key-file",
            "File with the key, 32 bytes as hexadecimal digits or base64, that files of registered models are encrypted with on the disk.");

    static final Key<List<String>> SOURCES_ALLOWED_HOSTS =
            GROUP.hosts("sources.allowed-hosts", "Hosts that models may be fetched from: host, host:port or *.suffix.");

    static final Key<List<Path>> SOURCES_ALLOWED_FOLDERS = GROUP.key(
            "sources.allowed-folders",
            ValueKind.listOf(ValueKinds.FOLDER),
            "",
            "Folders of this machine that models may be fetched from.");

    static final Key<Optional<Path>> SOURCES_HEADERS_FOLDER = GROUP.folder(
            "sources.headers-folder",
            "Folder with headers for hosts, credentials say: a file for each, named like it.");

    static final Key<String> SOURCES_PROXY = GROUP.text(
            "sources.proxy",
            "HTTP proxy, host:port, through which models are fetched over the network; none is asked directly.");

    static final Key<String> SOURCES_MLFLOW_TRACKING_URI =
            GROUP.text("sources.mlflow-tracking-uri", "MLflow server that models:/ URIs lead to.");

    static final Key<String> SOURCES_S3_ENDPOINT =
            GROUP.text("sources.s3-endpoint", "Object store that s3: URIs lead to; none is Amazon's.");

    static final Key<String> SOURCES_S3_REGION =
            GROUP.key("sources.s3-region", ValueKinds.NAME, "us-east-1", "Region of the object store.");

    static final Key<Boolean> SOURCES_S3_PATH_STYLE = GROUP.key(
            "sources.s3-path-style",
            ValueKinds.BOOL,
            "false",
            "Whether the object store has buckets in paths and not in host names.");

    static final Key<Boolean> SOURCES_S3_MACHINE_CREDENTIALS = GROUP.key(
            "sources.s3-machine-credentials",
            ValueKinds.BOOL,
            "false",
            "Ask the machine or container for credentials of the object store, over the network.");

    static final Key<List<String>> SIGNATURES_PUBLIC_KEYS =
            GROUP.names("signatures.public-keys", "Ed25519 public keys, base64, of those who may sign models.");

    static final Key<Boolean> SIGNATURES_REQUIRED =
            GROUP.key("signatures.required", ValueKinds.BOOL, "false", "Refuse to register what is not signed.");

    static final Key<List<String>> GATES_WEBHOOK_HOSTS = GROUP.hosts(
            "gates.webhook-hosts", "Hosts that may be asked whether a version may serve: host or host:port.");

    private ModelKeys() {}
}
