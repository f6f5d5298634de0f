package dev.penstock.loadtest.soak;

import dev.penstock.loadtest.bench.BenchException;
import dev.penstock.loadtest.input.InputError;
import dev.penstock.loadtest.input.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// A server's admin port, asked by one thread at a time. What is not answered as wanted is a [BenchException]
/// with the server's words.
final class AdminApi implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Set<Integer> REGISTERED = Set.of(200, 201);
    private static final Set<Integer> OK = Set.of(200);

    private final URI server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /// @param port of this machine
    AdminApi(int port) {
        this.server = URI.create("http://127.0.0.1:" + port + "/api/v1/models");
    }

    /// Blocks until the version serves.
    void register(String model, int version, byte[] file) {
        serving(ask(
                at("/%s/versions/%d".formatted(model, version))
                        .header("content-type", "application/octet-stream")
                        .PUT(BodyPublishers.ofByteArray(file)),
                REGISTERED));
    }

    /// Has the server fetch a file of this machine. Blocks until the version serves.
    void register(String model, int version, Path file) {
        String order = Json.MAPPER
                .createObjectNode()
                .put("model", model)
                .put("version", version)
                .put("uri", file.toUri().toString())
                .toString();
        serving(ask(
                at("").header("content-type", "application/json").POST(BodyPublishers.ofString(order)), REGISTERED));
    }

    private static void serving(JsonNode registration) {
        if (!registration.path("serving").asBoolean(false)) {
            throw new BenchException("registered, and does not serve: " + registration);
        }
    }

    /// Blocks until requests for the alias go to the version.
    void promote(String model, String alias, int version) {
        JsonNode moved = ask(
                at("/%s/aliases/%s".formatted(model, alias))
                        .PUT(BodyPublishers.ofString("{\"version\":" + version + "}")),
                OK);
        if (moved.path("effective").asInt(0) != version) {
            throw new BenchException("promoted, and another version answers: " + moved);
        }
    }

    void delete(String model, int version) {
        JsonNode _ = ask(at("/%s/versions/%d".formatted(model, version)).DELETE(), OK);
    }

    void delete(String model) {
        JsonNode _ = ask(at("/" + model).DELETE(), OK);
    }

    /// Versions and their states.
    Map<Integer, String> states(String model) {
        Map<Integer, String> states = new TreeMap<>();
        for (JsonNode version : ask(at("/" + model).GET(), OK).path("versions")) {
            states.put(version.path("version").asInt(0), version.path("state").asString(""));
        }
        return states;
    }

    private HttpRequest.Builder at(String path) {
        return HttpRequest.newBuilder(URI.create(server + path)).timeout(PATIENCE);
    }

    private JsonNode ask(HttpRequest.Builder builder, Set<Integer> wanted) {
        HttpRequest request = builder.build();
        String what = request.method() + " " + request.uri().getPath();
        try {
            HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());
            JsonNode json = Json.parse(what, answer.body());
            if (!wanted.contains(answer.statusCode())) {
                throw new BenchException(what + " is answered with " + answer.statusCode() + ": " + json);
            }
            return json;
        } catch (IOException e) {
            throw new BenchException(what + " is not answered: " + e, e);
        } catch (InputError e) {
            throw new BenchException(what + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException(what + ": interrupted", e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
