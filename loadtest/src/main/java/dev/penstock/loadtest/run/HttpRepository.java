package dev.penstock.loadtest.run;

import dev.penstock.loadtest.input.InputError;
import dev.penstock.loadtest.input.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The repository extension by HTTP.
final class HttpRepository implements ModelSettings.Repository {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int OK = 200;
    private static final int SERVER_ERROR = 500;
    private static final int NOT_IMPLEMENTED = 501;

    private final URI server;
    private final HttpClient client = HttpClient.newHttpClient();

    /// @param server `http://HOST:PORT`
    HttpRepository(URI server) {
        this.server = server;
    }

    @Override
    public JsonNode config(String model) {
        return ask(HttpRequest.newBuilder(at("/v2/models/" + encoded(model) + "/config"))
                .GET());
    }

    @Override
    public void load(String model, Optional<JsonNode> config) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        config.ifPresent(json -> body.putObject("parameters").put("config", json.toString()));
        ask(HttpRequest.newBuilder(at("/v2/repository/models/" + encoded(model) + "/load"))
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(body.toString())));
    }

    private URI at(String path) {
        return server.resolve(path);
    }

    private static String encoded(String model) {
        return URLEncoder.encode(model, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private JsonNode ask(HttpRequest.Builder builder) {
        HttpRequest request = builder.timeout(PATIENCE).build();
        try {
            HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());
            String text = new String(answer.body(), StandardCharsets.UTF_8);
            if (answer.statusCode() != OK) {
                throw new SettingsException(
                        "the server does not let settings be changed: " + request.method() + " "
                                + request.uri().getPath() + " is answered with HTTP " + answer.statusCode() + " "
                                + text.strip(),
                        answer.statusCode() < SERVER_ERROR || answer.statusCode() == NOT_IMPLEMENTED);
            }
            return text.isBlank() ? JsonNodeFactory.instance.objectNode() : Json.parse("the answer", answer.body());
        } catch (IOException e) {
            throw new SettingsException(request.uri() + " cannot be asked: " + e.getMessage());
        } catch (InputError e) {
            throw new SettingsException(request.uri() + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SettingsException(request.uri() + ": interrupted");
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
