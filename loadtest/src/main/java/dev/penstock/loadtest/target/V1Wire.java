package dev.penstock.loadtest.target;

import dev.penstock.loadtest.engine.Payload;
import dev.penstock.loadtest.input.Json;
import dev.penstock.loadtest.input.Tensor;
import dev.penstock.loadtest.target.ServerStatistics.Counts;
import dev.penstock.proto.inference.ModelInferRequest;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// V1 by REST. What V1 does not tell is asked in v2, as some servers have both.
final class V1Wire implements TargetWire {
    private final HttpInferClient client;
    private final RestWire v2;

    V1Wire(HttpInferClient client) {
        this.client = client;
        this.v2 = new RestWire(client, false);
    }

    @Override
    public Outcome<ServerInfo> server() {
        Outcome<ServerInfo> server = v2.server();
        return server instanceof Outcome.Refused ? new Outcome.Answered<>(ServerInfo.UNKNOWN, "") : server;
    }

    @Override
    public Outcome<ModelInfo> model(String model, String version) {
        Outcome<ModelInfo> info = v2.model(model, version);
        if (!(info instanceof Outcome.Refused)) {
            return info;
        }
        return switch (client.get(path(model, version))) {
            case Outcome.Answered<ObjectNode>(ObjectNode status, String id)
            when isUnready(status) -> new Outcome.Refused<>("HTTP 503", "the model is not ready: " + status, id);
            case Outcome<ObjectNode> status ->
                status.map(ready -> new ModelInfo(model, versions(ready), "", List.of(), List.of()));
        };
    }

    // KServe says {"ready": true}, TensorFlow Serving {"model_version_status": [{"state": "AVAILABLE"}]}.
    private static boolean isUnready(ObjectNode status) {
        JsonNode states = status.path("model_version_status");
        boolean noneAvailable = states.isArray()
                && states.valueStream()
                        .noneMatch(one -> one.path("state").asString("").equals("AVAILABLE"));
        return noneAvailable
                || status.path("ready").toString().toLowerCase(Locale.ROOT).contains("false");
    }

    private static List<String> versions(ObjectNode status) {
        return status.path("model_version_status")
                .valueStream()
                .map(one -> one.path("version").asString(""))
                .toList();
    }

    static String path(String model, String version) {
        return "/v1/models/" + HttpInferClient.encode(model)
                + (version.isEmpty() ? "" : "/versions/" + HttpInferClient.encode(version));
    }

    Outcome<JsonNode> predict(String model, String version, ObjectNode body) {
        return client.post(
                        path(model, version) + ":predict",
                        Map.of("content-type", "application/json"),
                        Json.MAPPER.writeValueAsBytes(body))
                .map(answer -> Json.parse("the answer", answer.body()));
    }

    @Override
    public Outcome<List<Tensor>> infer(ModelInferRequest request, Map<String, String> headers) {
        return v2.infer(request, headers);
    }

    @Override
    public Outcome<byte[]> send(Payload payload, Duration timeout) {
        return v2.send(payload, timeout);
    }

    @Override
    public Optional<Counts> statistics(Collection<String> models) {
        return v2.statistics(models);
    }

    @Override
    public void close() {
        v2.close();
    }
}
