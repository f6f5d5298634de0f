package dev.penstock.server;

import dev.penstock.core.ModelName;
import dev.penstock.server.config.ConfigException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `penstock models register`.
@Command(
        name = "register",
        description = {
            "Give a model a new version. It is recorded, loaded, checked by the gates, warmed up and then serves;",
            "the versions that serve go on serving until then, and if it fails."
        },
        footer = {
            "",
            "The same bytes under the same number again change nothing. Other bytes under a number that is taken",
            "are refused: a version never changes.",
            "",
            "Examples:",
            "  penstock models register digits --file digits.onnx",
            "  penstock models register digits --file out/ --version 7 --alias canary",
            "  penstock models register digits --uri s3://models/digits/7/model.onnx --sha256 9f86d081...",
            "  penstock models register digits --uri models:/digits/7 --alias stable",
            "  penstock models register digits --file digits.onnx --git-commit $(git rev-parse HEAD) \\",
            "      --metric accuracy=0.983 --label team=vision",
            "  penstock models register digits --file digits.onnx --dry-run     run the gates, change nothing",
            "",
            "Exit code 0: registered. 1: refused or failed. 2: wrong command line. 4: a gate refused the version, or",
            "it cannot be loaded."
        })
final class RegisterCommand extends ModelCommand {
    @Parameters(paramLabel = "NAME", description = "The model; a new one is made.")
    private String name = "";

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Source source = new Source();

    /// Where the files are.
    static final class Source {
        @Option(
                names = "--file",
                paramLabel = "FILE|DIR",
                description = "Upload this ONNX file, or all files of this folder (with its model.onnx).")
        private @Nullable Path file;

        @Option(
                names = "--uri",
                paramLabel = "URI",
                description =
                        "Have the server fetch it: https:, s3:, models: (MLflow), hf:, oci:, or a path of its own.")
        private @Nullable String uri;
    }

    @Option(names = "--version", paramLabel = "N", description = "Its number. Default: the next one")
    private long version;

    @Option(names = "--sha256", paramLabel = "HEX", description = "The hash that the only file must have.")
    private String sha256 = "";

    @Option(names = "--alias", paramLabel = "A", description = "Point this alias to it once it has passed; repeatable.")
    private List<String> aliases = new ArrayList<>();

    @Option(names = "--label", paramLabel = "K=V", description = "Anything worth knowing about it; repeatable.")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(names = "--metric", paramLabel = "K=V", description = "What it reached in training; repeatable.")
    private Map<String, Double> metrics = new LinkedHashMap<>();

    @Option(names = "--git-commit", paramLabel = "ID", description = "Of the code that trained it.")
    private String gitCommit = "";

    @Option(names = "--data-version", paramLabel = "ID", description = "Of what it was trained on, of DVC say.")
    private String dataVersion = "";

    @Option(names = "--training-run", paramLabel = "ID", description = "The run that made it, of MLflow say.")
    private String trainingRun = "";

    @Option(names = "--author", paramLabel = "NAME", description = "Who made it.")
    private String author = "";

    @Option(names = "--config", paramLabel = "FILE", description = "The model's config.pbtxt. Default: as it is")
    private @Nullable Path config;

    @Option(
            names = "--policy",
            paramLabel = "POLICY",
            description = "'latest N', all, 'specific 1,2'. Default: as it is")
    private String policy = "";

    @Option(names = "--signature", paramLabel = "BASE64", description = "Ed25519 over its sha256.")
    private String signature = "";

    @Option(names = "--breaking", description = "Its inputs and outputs may differ from those of the version before.")
    private boolean breaking;

    @Option(names = "--dry-run", description = "Only fetch it and run the gates; nothing is registered.")
    private boolean dryRun;

    @Override
    int ask(AdminClient client) throws IOException {
        check();
        ObjectNode order = order();
        List<UploadFile> files = source.file == null ? List.of() : files(source.file);
        long bytes = files.stream().mapToLong(UploadFile::bytes).sum();
        UploadProgress progress =
                new UploadProgress(surroundings().err(), surroundings().terminal() != null, bytes);
        AdminClient.Answer answer = files.isEmpty()
                ? client.register(BodyPublishers.ofString(order.toString()), "application/json", progress::event)
                : client.register(
                        UploadBody.of(order, files, progress::sent), UploadBody.contentType(), progress::event);
        progress.end();
        return report(answer);
    }

    private int report(AdminClient.Answer answer) {
        int code = print(answer, done -> ModelDetails.registration(done.body(), dryRun));
        if (answer.failed() && !asJson()) {
            surroundings().err().print(ModelDetails.origin(answer.body()));
        }
        return code;
    }

    private void check() {
        if (!ModelName.isValid(name)) {
            throw wrong("NAME: '%s' (expected: 1 to 255 bytes without '/', '\\', '@' and control characters)"
                    .formatted(name));
        }
        if (version < 0) {
            throw wrong("--version: %d (expected: > 0)".formatted(version));
        }
        if (source.file != null && !Files.exists(resolved(source.file))) {
            throw wrong("--file: '%s' (expected: a file or folder that exists)".formatted(source.file));
        }
    }

    private static ConfigException wrong(String problem) {
        return new ConfigException(List.of(problem));
    }

    private Path resolved(Path path) {
        return surroundings().workingFolder().resolve(path);
    }

    private List<UploadFile> files(Path asked) {
        try {
            List<UploadFile> files = UploadFile.of(resolved(asked));
            if (files.isEmpty()) {
                throw wrong("--file: '%s' has no files (expected: at least one)".formatted(asked));
            }
            return files;
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            throw wrong("--file: '%s' cannot be read: %s".formatted(asked, e.getMessage()));
        }
    }

    private ObjectNode order() {
        ObjectNode order = object();
        order.put("model", name);
        order.put("version", version);
        put(order, "uri", source.uri == null ? "" : source.uri);
        put(order, "sha256", sha256);
        ArrayNode names = order.putArray("aliases");
        aliases.forEach(names::add);
        order.set("lineage", lineage());
        put(order, "config", config == null ? "" : text(config));
        put(order, "policy", policy);
        put(order, "signature", signature);
        order.put("breaking", breaking);
        order.put("dry_run", dryRun);
        return order;
    }

    private ObjectNode lineage() {
        ObjectNode lineage = object();
        put(lineage, "git_commit", gitCommit);
        put(lineage, "data_version", dataVersion);
        put(lineage, "training_run", trainingRun);
        put(lineage, "author", author);
        ObjectNode numbers = lineage.putObject("metrics");
        metrics.forEach(numbers::put);
        ObjectNode words = lineage.putObject("labels");
        labels.forEach(words::put);
        return lineage;
    }

    private static void put(ObjectNode node, String field, String text) {
        if (!text.isEmpty()) {
            node.put(field, text);
        }
    }

    private String text(Path file) {
        try {
            return Files.readString(resolved(file));
        } catch (IOException e) {
            throw wrong("--config: '%s' cannot be read: %s".formatted(file, e.getMessage()));
        }
    }
}
