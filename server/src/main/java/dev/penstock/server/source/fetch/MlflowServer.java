package dev.penstock.server.source.fetch;

import dev.penstock.server.source.Deadline;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// The REST API of an MLflow tracking server. Thread-safe; blocks.
///
/// @param base its URI
/// @param environment for `MLFLOW_TRACKING_TOKEN`, or `MLFLOW_TRACKING_USERNAME` and
///     `MLFLOW_TRACKING_PASSWORD`
record MlflowServer(JsonWeb json, URI base, Map<String, String> environment) {
    private static final String API = "api/2.0/";
    private static final String ARTIFACTS = "api/2.0/mlflow-artifacts/artifacts";

    MlflowServer {
        environment = Map.copyOf(environment);
    }

    JsonNode byAlias(String model, String alias, Deadline deadline) {
        return get("mlflow/registered-models/alias", "name", model, "alias", alias, deadline)
                .path("model_version");
    }

    JsonNode version(String model, String version, Deadline deadline) {
        return get("mlflow/model-versions/get", "name", model, "version", version, deadline)
                .path("model_version");
    }

    /// The newest first.
    JsonNode versions(String model, Deadline deadline) {
        return get(
                        "mlflow/model-versions/search",
                        "filter",
                        "name='" + model.replace("'", "''") + "'",
                        "order_by",
                        "version_number DESC",
                        deadline)
                .path("model_versions");
    }

    /// Where its files are.
    String downloadUri(String model, String version, Deadline deadline) {
        return get("mlflow/model-versions/get-download-uri", "name", model, "version", version, deadline)
                .path("artifact_uri")
                .asString("");
    }

    JsonNode run(String id, Deadline deadline) {
        return get("mlflow/runs/get", "run_id", id, "run_uuid", id, deadline).path("run");
    }

    /// What is in a folder of the artifacts that this server hands out itself; not what is below its folders.
    JsonNode artifacts(String folder, Deadline deadline) {
        URI uri = Uris.parse(Uris.below(base, ARTIFACTS) + "?path=" + Uris.encoded(folder));
        return json.get(uri, Map.of(), secrets(), deadline).path("files");
    }

    URI artifact(String path) {
        return Uris.below(Uris.below(base, ARTIFACTS), path);
    }

    Map<String, String> secrets() {
        String token = environment.getOrDefault("MLFLOW_TRACKING_TOKEN", "");
        String user = environment.getOrDefault("MLFLOW_TRACKING_USERNAME", "");
        if (!token.isEmpty()) {
            return Map.of("Authorization", "Bearer " + token);
        }
        if (!user.isEmpty()) {
            byte[] pair = (user + ":" + environment.getOrDefault("MLFLOW_TRACKING_PASSWORD", ""))
                    .getBytes(StandardCharsets.UTF_8);
            return Map.of("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair));
        }
        return Map.of();
    }

    private JsonNode get(
            String path, String name, String value, String otherName, String otherValue, Deadline deadline) {
        URI uri = Uris.parse("%s?%s=%s&%s=%s"
                .formatted(
                        Uris.below(base, API + path), name, Uris.encoded(value), otherName, Uris.encoded(otherValue)));
        return json.get(uri, Map.of(), secrets(), deadline);
    }
}
