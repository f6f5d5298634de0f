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
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Asks by HTTP, in JSON.
final class HttpInferClient implements InferClient {
    private static final int OK = 200;

    /// Headers that the JDK's client lets nobody else set.
    private static final Set<String> OWN = Set.of("connection", "content-length", "expect", "host", "upgrade");

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
        return ask(request(model, version, "").GET()).map(metadata -> specs(metadata.path("inputs")));
    }

    static List<TensorSpec> specs(JsonNode tensors) {
        List<TensorSpec> specs = new ArrayList<>();
        for (JsonNode tensor : tensors) {
            List<Long> shape = new ArrayList<>();
            tensor.path("shape").forEach(dim -> shape.add(dim.asLong()));
            specs.add(new TensorSpec(
                    tensor.path("name").asString(""), tensor.path("datatype").asString(""), shape));
        }
        return specs;
    }

    Outcome<ObjectNode> get(String path) {
        return ask(HttpRequest.newBuilder(URI.create(endpoint + path))
                .timeout(timeout)
                .GET());
    }

    /// A page of whatever form, from wherever.
    Outcome<byte[]> page(URI uri) {
        return exchange(HttpRequest.newBuilder(uri).timeout(timeout).GET()).map(HttpResponse::body);
    }

    /// Whether the answer is 200, whatever its body is.
    Outcome<Boolean> isOk(String path) {
        return exchange(HttpRequest.newBuilder(URI.create(endpoint + path))
                        .timeout(timeout)
                        .GET())
                .map(response -> response.statusCode() == OK);
    }

    Outcome<HttpResponse<byte[]>> post(String path, Map<String, String> headers, byte[] body) {
        return post(path, headers, body, timeout);
    }

    /// @param patience instead of this client's timeout
    Outcome<HttpResponse<byte[]>> post(String path, Map<String, String> headers, byte[] body, Duration patience) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(endpoint + path)).timeout(patience);
        return switch (exchange(with(request, headers).POST(HttpRequest.BodyPublishers.ofByteArray(body)))) {
            case Outcome.Answered<HttpResponse<byte[]>>(HttpResponse<byte[]> response, String _)
            when response.statusCode() != OK -> refused(response);
            case Outcome<HttpResponse<byte[]>> outcome -> outcome;
        };
    }

    private static HttpRequest.Builder with(HttpRequest.Builder request, Map<String, String> headers) {
        headers.forEach((name, value) -> {
            if (!OWN.contains(name)) {
                request.header(name, value);
            }
        });
        return request;
    }

    private static <A> Outcome<A> refused(HttpResponse<byte[]> response) {
        return switch (outcome(response)) {
            case Outcome.Refused<ObjectNode>(String code, String message, String id) ->
                new Outcome.Refused<>(code, message, id);
            case Outcome<ObjectNode> _ -> new Outcome.Refused<>("HTTP " + response.statusCode(), "", "");
        };
    }

    @Override
    public Outcome<ObjectNode> infer(String model, String version, Map<String, String> headers, ObjectNode request) {
        HttpRequest.Builder question = request(model, version, "/infer").header("Content-Type", "application/json");
        return ask(with(question, headers)
                .POST(HttpRequest.BodyPublishers.ofByteArray(Json.MAPPER.writeValueAsBytes(request))));
    }

    private HttpRequest.Builder request(String model, String version, String operation) {
        String path = "/v2/models/" + encode(model) + (version.isEmpty() ? "" : "/versions/" + encode(version));
        return HttpRequest.newBuilder(URI.create(endpoint + path + operation)).timeout(timeout);
    }

    static String encode(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private Outcome<ObjectNode> ask(HttpRequest.Builder question) {
        return switch (exchange(question)) {
            case Outcome.Answered<HttpResponse<byte[]>>(HttpResponse<byte[]> response, String _) -> outcome(response);
            case Outcome.Refused<HttpResponse<byte[]>>(String code, String message, String id) ->
                new Outcome.Refused<>(code, message, id);
            case Outcome.Unreachable<HttpResponse<byte[]>>(String reason) -> new Outcome.Unreachable<>(reason);
        };
    }

    private Outcome<HttpResponse<byte[]>> exchange(HttpRequest.Builder question) {
        HttpRequest request = question.build();
        try {
            return new Outcome.Answered<>(client.send(request, HttpResponse.BodyHandlers.ofByteArray()), "");
        } catch (HttpTimeoutException e) {
            return timedOut(e, request.timeout().orElse(timeout));
        } catch (IOException e) {
            return new Outcome.Unreachable<>(e.getMessage() == null ? "connection refused" : e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome.Unreachable<>("interrupted");
        }
    }

    private <A> Outcome<A> timedOut(HttpTimeoutException cause, Duration patience) {
        return cause instanceof HttpConnectTimeoutException
                ? new Outcome.Unreachable<>("no connection within " + timeout.toMillis() + " ms")
                : new Outcome.Refused<>("timeout", "no answer within " + patience.toMillis() + " ms", "");
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
