package dev.penstock.server;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The description of the admin API, and what JSON has that it does not say: every field must be known to its
/// schema. As much of JSON Schema as the document uses of routes and rollouts.
final class OpenApi {
    private static final String NAME = "/dev/penstock/server/rest/admin-api.yaml";

    private final JsonNode document;
    private final List<String> problems = new ArrayList<>();

    private OpenApi(JsonNode document) {
        this.document = document;
    }

    static OpenApi read() throws IOException {
        try (InputStream in = OpenApi.class.getResourceAsStream(NAME)) {
            return new OpenApi(YAMLMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build()
                    .readTree(Objects.requireNonNull(in, NAME)));
        }
    }

    /// What can be asked for, such as `GET /health`.
    List<String> operations() {
        List<String> all = new ArrayList<>();
        document.path("paths")
                .forEachEntry((path, operations) -> operations.propertyNames().stream()
                        .filter(method -> !method.equals("parameters"))
                        .forEach(method -> all.add(method.toUpperCase(Locale.ROOT) + " " + path)));
        return all;
    }

    /// What a schema of that name does not say of a value.
    List<String> named(String schema, JsonNode value) {
        return problems(resolved("#/components/schemas/" + schema), value, schema);
    }

    /// A schema by its name, or by a reference to it.
    JsonNode schema(JsonNode named) {
        JsonNode schema = named.isString() ? resolved("#/components/schemas/" + named.asString()) : named;
        return schema.has("$ref") ? schema(resolved(schema.path("$ref").asString())) : schema;
    }

    /// What is not said of an answer.
    ///
    /// @param path as the document has it
    List<String> answer(String method, String path, int status, JsonNode value) {
        JsonNode responses = document.path("paths").path(path).path(method).path("responses");
        return body(responses.path(Integer.toString(status)), value, "%s %s, %d".formatted(method, path, status));
    }

    /// What is not said of a request.
    List<String> request(String method, String path, JsonNode value) {
        JsonNode operation = document.path("paths").path(path).path(method);
        return body(operation.path("requestBody"), value, "%s %s".formatted(method, path));
    }

    private List<String> body(JsonNode said, JsonNode value, String where) {
        JsonNode body = said.has("$ref") ? resolved(said.path("$ref").asString()) : said;
        JsonNode schema = body.path("content").path("application/json").path("schema");
        return schema.isMissingNode() ? List.of(where + ": no schema") : problems(schema, value, where);
    }

    private JsonNode resolved(String reference) {
        JsonNode found = document.at(reference.substring(1));
        if (found.isMissingNode()) {
            throw new AssertionError("reference: " + reference + " (expected: one that is there)");
        }
        return found;
    }

    private List<String> problems(JsonNode schema, JsonNode value, String where) {
        OpenApi fresh = new OpenApi(document);
        fresh.check(schema, value, where);
        return fresh.problems;
    }

    private void check(JsonNode schema, JsonNode value, String where) {
        if (schema.has("$ref")) {
            check(resolved(schema.path("$ref").asString()), value, where);
            return;
        }
        if (schema.has("oneOf")) {
            checkOneOf(schema.path("oneOf"), value, where);
            return;
        }
        boolean listed = !schema.has("enum") || has(schema.path("enum"), value);
        boolean same = !schema.has("const") || schema.path("const").equals(value);
        if (!isOfType(schema.path("type"), value) || !listed || !same) {
            problems.add("%s: %s (said: %s)".formatted(where, value, schema));
        }
        if (value.isObject()) {
            checkFields(schema, value, where);
        }
        for (int i = 0; value.isArray() && i < value.size(); i++) {
            check(schema.path("items"), value.path(i), where + "[" + i + "]");
        }
    }

    private void checkOneOf(JsonNode schemas, JsonNode value, String where) {
        List<List<String>> all = new ArrayList<>();
        schemas.forEach(each -> all.add(problems(each, value, where)));
        if (all.stream().noneMatch(List::isEmpty)) {
            problems.add("%s: none of %s".formatted(where, all));
        }
    }

    private void checkFields(JsonNode schema, JsonNode value, String where) {
        JsonNode others = schema.path("additionalProperties");
        for (Map.Entry<String, JsonNode> field : value.properties()) {
            String at = where + "." + field.getKey();
            JsonNode known = schema.path("properties").path(field.getKey());
            if (!known.isMissingNode() || others.isObject()) {
                check(known.isMissingNode() ? others : known, field.getValue(), at);
            } else {
                problems.add(at + " is not said");
            }
        }
        for (JsonNode name : schema.path("required")) {
            if (!value.has(name.asString())) {
                problems.add(where + "." + name.asString() + " is missing");
            }
        }
    }

    private static boolean has(JsonNode words, JsonNode value) {
        for (JsonNode word : words) {
            if (word.equals(value)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOfType(JsonNode type, JsonNode value) {
        if (type.isArray()) {
            for (JsonNode each : type) {
                if (isOfType(each, value)) {
                    return true;
                }
            }
            return false;
        }
        return switch (type.asString("")) {
            case "" -> true;
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isString();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            default -> throw new AssertionError("type: " + type + " (expected: one of JSON Schema's)");
        };
    }
}
