package dev.penstock.server.source.fetch;

import dev.penstock.server.store.Lineage;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// What MLflow knows of a version, as lineage. Pure.
final class MlflowLineage {
    private static final int MAX_ENTRIES = 200;
    private static final int MAX_LENGTH = 500;

    private MlflowLineage() {}

    /// @param run the version's run, or a missing node
    static Lineage of(JsonNode version, JsonNode run) {
        SortedMap<String, String> runTags = pairs(run.path("data").path("tags"));
        SortedMap<String, String> labels = new TreeMap<>();
        pairs(run.path("data").path("params")).forEach((name, value) -> put(labels, "param." + name, value));
        for (Map.Entry<String, String> tag : runTags.entrySet()) {
            if (!tag.getKey().startsWith("mlflow.")) {
                put(labels, tag.getKey(), tag.getValue());
            }
        }
        pairs(version.path("tags")).forEach((name, value) -> put(labels, name, value));
        put(labels, "mlflow.model", version.path("name").asString("") + "/" + text(version, "version"));
        return new Lineage(
                runTags.getOrDefault("mlflow.source.git.commit", ""),
                dataset(run.path("inputs").path("dataset_inputs").path(0).path("dataset")),
                cut(version.path("run_id").asString("")),
                cut(runTags.getOrDefault(
                        "mlflow.user", run.path("info").path("user_id").asString(""))),
                metrics(run.path("data").path("metrics")),
                labels);
    }

    private static String dataset(JsonNode dataset) {
        String name = dataset.path("name").asString("");
        return name.isEmpty() ? "" : cut(name + "@" + dataset.path("digest").asString(""));
    }

    private static SortedMap<String, Double> metrics(JsonNode metrics) {
        SortedMap<String, Double> found = new TreeMap<>();
        for (JsonNode metric : metrics) {
            // JSON knows no NaN; a metric that is none comes as text.
            JsonNode value = metric.path("value");
            if (value.isNumber() && Double.isFinite(value.doubleValue()) && found.size() < MAX_ENTRIES) {
                found.put(cut(metric.path("key").asString("")), value.doubleValue());
            }
        }
        return found;
    }

    private static SortedMap<String, String> pairs(JsonNode pairs) {
        SortedMap<String, String> found = new TreeMap<>();
        for (JsonNode pair : pairs) {
            put(found, pair.path("key").asString(""), pair.path("value").asString(""));
        }
        return found;
    }

    private static void put(SortedMap<String, String> labels, String name, String value) {
        if (labels.size() < MAX_ENTRIES) {
            labels.put(cut(name), cut(value));
        }
    }

    /// Versions come as text and, of some servers, as numbers.
    static String text(JsonNode node, String field) {
        return node.path(field).asString("");
    }

    private static String cut(String text) {
        return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH - 1) + "…";
    }
}
