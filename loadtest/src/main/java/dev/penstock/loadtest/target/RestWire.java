package dev.penstock.loadtest.target;

import dev.penstock.loadtest.engine.Payload;
import dev.penstock.loadtest.input.Json;
import dev.penstock.loadtest.input.RestBodies;
import dev.penstock.loadtest.input.Tensor;
import dev.penstock.loadtest.target.ServerStatistics.Counts;
import dev.penstock.proto.inference.ModelInferRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Open Inference Protocol v2 by REST.
final class RestWire implements TargetWire {
    private static final String LENGTH = "inference-header-content-length";

    private final HttpInferClient client;
    private final boolean isBinary;

    /// @param isBinary whether tensors travel in the binary extension
    RestWire(HttpInferClient client, boolean isBinary) {
        this.client = client;
        this.isBinary = isBinary;
    }

    @Override
    public Outcome<ServerInfo> server() {
        return client.get("/v2").map(RestWire::serverInfo);
    }

    static ServerInfo serverInfo(ObjectNode server) {
        return new ServerInfo(
                server.path("name").asString(""),
                server.path("version").asString(""),
                texts(server.path("extensions")));
    }

    private static List<String> texts(JsonNode list) {
        return list.valueStream().map(node -> node.asString("")).toList();
    }

    @Override
    public Outcome<ModelInfo> model(String model, String version) {
        String path = path(model, version);
        Outcome<ModelInfo> info = client.get(path)
                .map(metadata -> new ModelInfo(
                        metadata.path("name").asString(model),
                        texts(metadata.path("versions")),
                        metadata.path("platform").asString(""),
                        HttpInferClient.specs(metadata.path("inputs")),
                        HttpInferClient.specs(metadata.path("outputs"))));
        if (info instanceof Outcome.Answered<ModelInfo>
                && client.isOk(path + "/ready") instanceof Outcome.Answered<Boolean>(Boolean ready, String id)
                && !ready) {
            return new Outcome.Refused<>("HTTP 503", "the model is not ready", id);
        }
        return info;
    }

    static String path(String model, String version) {
        return "/v2/models/" + HttpInferClient.encode(model)
                + (version.isEmpty() ? "" : "/versions/" + HttpInferClient.encode(version));
    }

    @Override
    public Outcome<List<Tensor>> infer(ModelInferRequest request, Map<String, String> more) {
        byte[] head =
                Json.MAPPER.writeValueAsBytes(isBinary ? RestBodies.binaryHead(request) : RestBodies.json(request));
        byte[] tensors = isBinary ? RestBodies.tensors(request).toByteArray() : new byte[0];
        byte[] body = new byte[head.length + tensors.length];
        System.arraycopy(head, 0, body, 0, head.length);
        System.arraycopy(tensors, 0, body, head.length, tensors.length);
        Map<String, String> headers = new HashMap<>(more);
        headers.put("content-type", isBinary ? "application/octet-stream" : "application/json");
        if (isBinary) {
            headers.put(LENGTH, Integer.toString(head.length));
        }
        String path = path(request.getModelName(), request.getModelVersion()) + "/infer";
        return client.post(path, headers, body)
                .map(answer -> RestBodies.outputs(
                        answer.body(), answer.headers().firstValueAsLong(LENGTH).orElse(answer.body().length)));
    }

    @Override
    public Outcome<byte[]> send(Payload payload, Duration timeout) {
        return client.post(payload.path(), payload.headers(), payload.copyOfBody(), timeout)
                .map(HttpResponse::body);
    }

    @Override
    public Optional<Counts> statistics(Collection<String> models) {
        Counts sum = Counts.NONE;
        for (String model : models.isEmpty() ? List.of("") : models) {
            String path = model.isEmpty() ? "/v2/models/stats" : path(model, "") + "/stats";
            if (!(client.get(path) instanceof Outcome.Answered<ObjectNode>(ObjectNode answer, String _))
                    || !answer.path("model_stats").isArray()) {
                return Optional.empty();
            }
            for (JsonNode one : answer.path("model_stats")) {
                sum = sum.plus(counts(one));
            }
        }
        return Optional.of(sum);
    }

    private static Counts counts(JsonNode model) {
        JsonNode infer = model.path("inference_stats");
        Map<Long, Long> runs = new HashMap<>();
        for (JsonNode batch : model.path("batch_stats")) {
            runs.merge(
                    batch.path("batch_size").asLong(0),
                    batch.path("compute_infer").path("count").asLong(0),
                    Long::sum);
        }
        return new Counts(
                infer.path("queue").path("count").asLong(0),
                nanos(infer, "queue"),
                infer.path("compute_infer").path("count").asLong(0),
                nanos(infer, "compute_input") + nanos(infer, "compute_infer") + nanos(infer, "compute_output"),
                model.path("inference_count").asLong(0),
                model.path("execution_count").asLong(0),
                runs);
    }

    private static double nanos(JsonNode infer, String what) {
        return infer.path(what).path("ns").asDouble(0);
    }

    @Override
    public void close() {
        client.close();
    }
}
