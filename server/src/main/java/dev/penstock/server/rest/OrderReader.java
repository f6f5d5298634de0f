package dev.penstock.server.rest;

import dev.penstock.core.ServingException;
import dev.penstock.server.admin.RegisterOrder;
import dev.penstock.server.admin.RegisterOrder.Content;
import dev.penstock.server.store.Lineage;
import dev.penstock.server.upload.ReceivedFiles;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads what is to be registered. Used once.
final class OrderReader {
    private static final List<String> FIELDS = List.of(
            "model",
            "version",
            "uri",
            "sha256",
            "aliases",
            "lineage",
            "config",
            "policy",
            "signature",
            "breaking",
            "dry_run");
    private static final List<String> LINEAGE =
            List.of("git_commit", "data_version", "training_run", "author", "metrics", "labels");

    private String model = "";
    private long version;
    private String uri = "";
    private String sha256 = "";
    private final List<String> aliases = new ArrayList<>();
    private String gitCommit = "";
    private String dataVersion = "";
    private String trainingRun = "";
    private String author = "";
    private final TreeMap<String, Double> metrics = new TreeMap<>();
    private final TreeMap<String, String> labels = new TreeMap<>();
    private String config = "";
    private String policy = "";
    private String signature = "";
    private boolean breaking;
    private boolean dryRun;

    private OrderReader() {}

    /// @throws ServingException if it is no order
    static OrderReader read(ByteBuf text) {
        OrderReader reader = new OrderReader();
        StrictFields.read(text, FIELDS, reader::field);
        if (reader.model.isEmpty()) {
            throw ServingException.invalid("field 'model' is missing (expected: the model's name)");
        }
        Routes.checkName(reader.model);
        return reader;
    }

    private void field(String name, JsonParser json) {
        String quoted = "'" + name + "'";
        switch (name) {
            case "model" -> model = RequestJson.text(json, quoted);
            case "version" -> version = number(json);
            case "uri" -> uri = RequestJson.text(json, quoted);
            case "sha256" -> sha256 = ReceivedFiles.checkSha256(RequestJson.text(json, quoted), "field 'sha256'");
            case "aliases" -> readAliases(json);
            case "lineage" -> StrictFields.object(json, name, LINEAGE, this::lineageField);
            case "config" -> config = RequestJson.text(json, quoted);
            case "policy" -> policy = RequestJson.text(json, quoted);
            case "signature" -> signature = RequestJson.text(json, quoted);
            case "breaking" -> breaking = RequestJson.bool(json, quoted);
            default -> dryRun = RequestJson.bool(json, quoted);
        }
    }

    private static long number(JsonParser json) {
        long number = RequestJson.integer(json, "'version'");
        if (number < 0) {
            throw RequestJson.wrong(json, "'version'", "a number > 0, or 0 for the next one");
        }
        return number;
    }

    private void readAliases(JsonParser json) {
        RequestJson.expect(json, JsonToken.START_ARRAY, "'aliases'", "an array");
        while (json.nextToken() != JsonToken.END_ARRAY) {
            aliases.add(RequestJson.text(json, "'aliases[%d]'".formatted(aliases.size())));
        }
    }

    private void lineageField(String name, JsonParser json) {
        String quoted = "'lineage." + name + "'";
        switch (name) {
            case "git_commit" -> gitCommit = RequestJson.text(json, quoted);
            case "data_version" -> dataVersion = RequestJson.text(json, quoted);
            case "training_run" -> trainingRun = RequestJson.text(json, quoted);
            case "author" -> author = RequestJson.text(json, quoted);
            case "metrics" -> metrics.putAll(StrictFields.map(json, "lineage.metrics", OrderReader::metric));
            default -> labels.putAll(StrictFields.map(json, "lineage.labels", RequestJson::text));
        }
    }

    private static Double metric(JsonParser json, String field) {
        boolean number = json.currentToken() == JsonToken.VALUE_NUMBER_INT
                || json.currentToken() == JsonToken.VALUE_NUMBER_FLOAT;
        double value = number ? json.getDoubleValue() : Double.NaN;
        if (!Double.isFinite(value)) {
            throw RequestJson.wrong(json, field, "a finite number");
        }
        return value;
    }

    String model() {
        return model;
    }

    /// An order for what a URI names.
    ///
    /// @throws ServingException if it names none
    RegisterOrder fetched() {
        if (uri.isEmpty()) {
            throw ServingException.invalid(
                    "field 'uri' is missing (expected: where the files are; or send them as multipart/form-data)");
        }
        return order(new Content.Fetched(uri, sha256));
    }

    /// Whether it says where the files are.
    boolean namesSource() {
        return !uri.isEmpty();
    }

    /// What the only file must have, or "".
    String sha256() {
        return sha256;
    }

    RegisterOrder order(Content content) {
        return new RegisterOrder(
                model,
                version,
                content,
                aliases,
                new Lineage(gitCommit, dataVersion, trainingRun, author, metrics, labels),
                config,
                policy,
                signature,
                breaking,
                dryRun);
    }

    /// For files that come without an order.
    static RegisterOrder plain(String model, long version, Content content) {
        return new RegisterOrder(model, version, content, List.of(), Lineage.UNKNOWN, "", "", "", false, false);
    }
}
