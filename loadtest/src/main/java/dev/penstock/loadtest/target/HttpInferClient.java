package dev.penstock.loadtest.target;

import dev.penstock.loadtest.input.Json;
import dev.penstock.loadtest.input.TensorSpec;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Asks by HTTP, in JSON.
final class HttpInferClient implements InferClient {
    private static final int OK = 200;

    private final Endpoint endpoint;
    private final Duration timeout;
    private final HttpClient client;

    HttpInferClient(Endpoint endpoint, Duration timeout) {
        this.endpoint = endpoint;
        this.timeout = timeout;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(timeout)
                .build();
    }

    @Override
    public Outcome<List<TensorSpec>> inputs(String model, String version) {
        return ask(request(model, version, "").GET()).map(metadata -> {
            List<TensorSpec> inputs = new ArrayList<>();
            for (JsonNode input : metadata.path("inputs")) {
                List<Long> shape = new ArrayList<>();
                input.path("shape").forEach(dim -> shape.add(dim.asLong()));
                inputs.add(new TensorSpec(
                        input.path("name").asString(""), input.path("datatype").asString(""), shape));
            }
            return inputs;
        });
    }

    @Override
    public Outcome<ObjectNode> infer(String model, String version, ObjectNode request) {
        return ask(request(model, version, "/infer")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Json.MAPPER.writeValueAsBytes(request))));
    }

    private HttpRequest.Builder request(String model, String version, String operation) {
        String path = "/v2/models/" + encode(model) + (version.isEmpty() ? "" : "/versions/" + encode(version));
        return HttpRequest.newBuilder(URI.create(endpoint + path + operation)).timeout(timeout);
    }

    private static String encode(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private Outcome<ObjectNode> ask(HttpRequest.Builder question) {
        HttpResponse<byte[]> response;
        try {
            response = client.send(question.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (HttpTimeoutException e) {
            return timedOut(e);
        } catch (IOException e) {
            return new Outcome.Unreachable<>(e.getMessage() == null ? "connection refused" : e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome.Unreachable<>("interrupted");
        }
        return outcome(response);
    }

    private Outcome<ObjectNode> timedOut(HttpTimeoutException cause) {
        return cause instanceof HttpConnectTimeoutException
                ? new Outcome.Unreachable<>("no connection within " + timeout.toMillis() + " ms")
                : new Outcome.Refused<>("timeout", "no answer within " + timeout.toMillis() + " ms", "");
    }

    private static Outcome<ObjectNode> outcome(HttpResponse<byte[]> response) {
        String requestId =
                response.headers().firstValue("x-penstock-request-id").orElse("");
        String status = "HTTP " + response.statusCode();
        String body = new String(response.body(), StandardCharsets.UTF_8);
        try {
            if (Json.MAPPER.readTree(response.body()) instanceof ObjectNode json) {
                return response.statusCode() == OK
                        ? new Outcome.Answered<>(json, requestId)
                        : new Outcome.Refused<>(status, json.path("error").asString(body), requestId);
            }
        } catch (JacksonException e) {
            // What is no JSON is told as it came.
        }
        return new Outcome.Refused<>(status, "the answer is no JSON object: " + body, requestId);
    }

    @Override
    public void close() {
        client.close();
    }
}
