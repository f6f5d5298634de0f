package dev.penstock.loadtest.stub;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.penstock.loadtest.input.Elements;
import dev.penstock.loadtest.input.InputError;
import dev.penstock.loadtest.input.Json;
import dev.penstock.loadtest.input.WireMessages;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.proto.inference.ModelMetadataResponse;
import dev.penstock.proto.inference.ModelMetadataResponse.TensorMetadata;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The REST side of [OipServer]: v2 with the binary extension, V1, and a page of metrics at `/metrics`. A model
/// whose name begins with `v1-` is known to V1 alone.
final class OipRest implements AutoCloseable {
    private static final Pattern VERSION = Pattern.compile("/versions/(\\d+)");
    private static final String LENGTH = "Inference-Header-Content-Length";

    private final OipServer owner;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    OipRest(OipServer owner) {
        this.owner = owner;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String path = exchange.getRequestURI().getPath();
        try {
            if (path.equals("/v2")) {
                ObjectNode server = JsonNodeFactory.instance.objectNode();
                server.put("name", "oip-stub").put("version", "1.2").putArray("extensions");
                send(exchange, 200, server);
            } else if (path.equals("/metrics")) {
                send(exchange, 200, metrics().getBytes(StandardCharsets.UTF_8));
            } else if (path.startsWith("/v1/models/")) {
                v1(exchange, path.substring("/v1/models/".length()), body);
            } else if (path.startsWith("/v2/models/")) {
                List<String> parts = List.of(path.split("/", -1));
                v2(exchange, parts.get(3), parts.size() > 4 ? parts.getLast() : "", body);
            } else {
                error(exchange, 404, "no such path: " + path);
            }
        } catch (InputError e) {
            error(exchange, 400, String.valueOf(e.getMessage()));
        }
    }

    private void v2(HttpExchange exchange, String model, String operation, byte[] body) throws IOException {
        if (!StubModels.has(model)) {
            error(exchange, 404, "Request for unknown model: '" + model + "' is not found");
            return;
        }
        switch (operation) {
            case "ready" -> exchangeEmpty(exchange, model.equals(StubModels.ASLEEP) ? 503 : 200);
            case "stats" -> stats(exchange);
            case "infer" -> infer(exchange, model, version(exchange), body);
            default -> send(exchange, 200, metadata(StubModels.metadata(model)));
        }
    }

    private static void exchangeEmpty(HttpExchange exchange, int status) throws IOException {
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    private static ObjectNode metadata(ModelMetadataResponse metadata) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", metadata.getName()).put("platform", metadata.getPlatform());
        metadata.getVersionsList().forEach(json.putArray("versions")::add);
        tensors(json.putArray("inputs"), metadata.getInputsList());
        tensors(json.putArray("outputs"), metadata.getOutputsList());
        return json;
    }

    private static void tensors(ArrayNode list, List<TensorMetadata> tensors) {
        for (TensorMetadata tensor : tensors) {
            ObjectNode json = list.addObject();
            json.put("name", tensor.getName()).put("datatype", tensor.getDatatype());
            tensor.getShapeList().forEach(json.putArray("shape")::add);
        }
    }

    /// Which is asked for, "" if none is.
    private static String version(HttpExchange exchange) {
        Matcher version = VERSION.matcher(exchange.getRequestURI().getPath());
        return version.find() ? version.group(1) : "";
    }

    private void infer(HttpExchange exchange, String model, String version, byte[] body) throws IOException {
        String length = exchange.getRequestHeaders().getFirst(LENGTH);
        boolean isBinary = length != null;
        int jsonBytes = isBinary ? Integer.parseInt(length) : body.length;
        JsonNode json = Json.parse("the body", Arrays.copyOf(body, jsonBytes));
        ModelInferRequest request = WireMessages.request(model, version, json);
        if (isBinary) {
            ModelInferRequest.Builder raw = request.toBuilder().clearRawInputContents();
            int at = jsonBytes;
            for (JsonNode input : json.path("inputs")) {
                int size = input.path("parameters").path("binary_data_size").intValue();
                raw.addRawInputContents(ByteString.copyFrom(body, at, size));
                at += size;
            }
            request = raw.build();
        }
        ModelInferResponse response = owner.models.answer(request, false);
        sayWho(exchange, version);
        ObjectNode answer = WireMessages.reply(response);
        if (!isBinary) {
            send(exchange, 200, answer);
            return;
        }
        ByteArrayOutputStream blobs = new ByteArrayOutputStream();
        for (int i = 0; i < response.getOutputsCount(); i++) {
            ObjectNode output = (ObjectNode) answer.path("outputs").path(i);
            output.remove("data");
            output.putObject("parameters")
                    .put("binary_data_size", response.getRawOutputContents(i).size());
            blobs.writeBytes(response.getRawOutputContents(i).toByteArray());
        }
        byte[] head = Json.MAPPER.writeValueAsBytes(answer);
        exchange.getResponseHeaders().set(LENGTH, Integer.toString(head.length));
        byte[] whole = Arrays.copyOf(head, head.length + blobs.size());
        System.arraycopy(blobs.toByteArray(), 0, whole, head.length, blobs.size());
        send(exchange, 200, whole);
    }

    private void sayWho(HttpExchange exchange, String version) {
        exchange.getResponseHeaders().set("x-penstock-version", StubModels.version(version));
        exchange.getResponseHeaders().set("x-penstock-arm", owner.nextArm());
    }

    private void v1(HttpExchange exchange, String rest, byte[] body) throws IOException {
        String model = rest.replaceAll("(/versions/\\d+)?(:predict)?$", "");
        if (!StubModels.has(model.replace("v1-", ""))) {
            error(exchange, 404, "no such model: " + model);
        } else if (!rest.endsWith(":predict")) {
            send(
                    exchange,
                    200,
                    JsonNodeFactory.instance.objectNode().put("name", model).put("ready", true));
        } else {
            predict(exchange, Json.parse("the body", body));
        }
    }

    // Of the model sum: rows as lists, or as objects with x; or the column x.
    private void predict(HttpExchange exchange, JsonNode body) throws IOException {
        boolean inRows = body.has("instances");
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode sums = answer.putArray(inRows ? "predictions" : "outputs");
        JsonNode column = body.path("inputs").has("x") ? body.path("inputs").path("x") : body.path("inputs");
        for (JsonNode row : inRows ? body.path("instances") : column) {
            ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setModelName("sum");
            List<JsonNode> values =
                    (row.has("x") ? row.path("x") : row).valueStream().toList();
            request.addInputsBuilder()
                    .setName("x")
                    .setDatatype("FP32")
                    .addShape(1)
                    .addShape(4);
            request.addRawInputContents(Elements.encode("x", "FP32", values));
            ModelInferResponse one = owner.models.answer(request.build(), false);
            sums.add(Elements.decode("FP32", one.getRawOutputContents(0)));
        }
        sayWho(exchange, version(exchange));
        send(exchange, 200, answer);
    }

    private void stats(HttpExchange exchange) throws IOException {
        if (owner.withoutStatistics) {
            error(exchange, 501, "no statistics");
            return;
        }
        long count = owner.models.answered.get();
        send(exchange, 200, Json.MAPPER.readTree("""
                {"model_stats":[{"name":"sum","version":"1","inference_count":%d,"execution_count":%d,
                "inference_stats":{"queue":{"count":%d,"ns":%d},"compute_infer":{"count":%d,"ns":%d}},
                "batch_stats":[{"batch_size":2,"compute_infer":{"count":%d,"ns":%d}}]}]}
                """.formatted(
                        owner.models.rows.get(),
                        count,
                        count,
                        count * OipServer.QUEUE_NANOS,
                        count,
                        count * OipServer.COMPUTE_NANOS,
                        count,
                        count * OipServer.COMPUTE_NANOS)));
    }

    private String metrics() {
        long count = owner.models.answered.get();
        return """
                # TYPE penstock_request_duration_seconds histogram
                penstock_request_duration_seconds_count{model="sum",phase="queue",version="1"} %d
                penstock_request_duration_seconds_sum{model="sum",phase="queue",version="1"} %s
                penstock_request_duration_seconds_count{model="sum",phase="inference",version="1"} %d
                penstock_request_duration_seconds_sum{model="sum",phase="inference",version="1"} %s
                penstock_request_duration_seconds_sum{model="other",phase="queue",version="1"} 1000.0
                penstock_batch_size_count{model="sum",version="1"} %d
                penstock_batch_size_sum{model="sum",version="1"} %d
                """.formatted(
                        count,
                        (double) (count * OipServer.QUEUE_NANOS) / 1e9,
                        count,
                        (double) (count * OipServer.COMPUTE_NANOS) / 1e9,
                        count,
                        owner.models.rows.get());
    }

    private static void error(HttpExchange exchange, int status, String message) throws IOException {
        send(exchange, status, JsonNodeFactory.instance.objectNode().put("error", message));
    }

    private static void send(HttpExchange exchange, int status, JsonNode json) throws IOException {
        send(exchange, status, Json.MAPPER.writeValueAsBytes(json));
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
