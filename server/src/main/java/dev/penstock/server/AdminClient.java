package dev.penstock.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Talks to a server's admin API. Blocks; for one thread.
final class AdminClient implements AutoCloseable {
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(10);

    /// A few seconds more than a server waits for its disk, so that what it says then is heard.
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /// Loads, unloads and deletions wait for the model.
    private static final Duration LONG_PATIENCE = Duration.ofMinutes(10);

    private static final String JSON = "application/json";
    private static final String LINES = "application/x-ndjson";
    private static final int FIRST_SUCCESS = 200;
    private static final int BEYOND_SUCCESS = 300;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_THERE = 404;

    /// What doors say of paths that they do not have.
    private static final String NOTHING_THERE = "Not Found";

    private final String base;
    private final HttpClient client;

    /// What the server said.
    ///
    /// @param text as it came
    record Answer(int status, JsonNode body, String text) {
        boolean failed() {
            return status < FIRST_SUCCESS || status >= BEYOND_SUCCESS;
        }

        String error() {
            if (!body.has("error") && (status == UNAUTHORIZED || status == FORBIDDEN)) {
                return "%d: what is before the server asks who we are (expected: the admin API itself, which does not)"
                        .formatted(status);
            }
            String said = body.path("error").asString("the server answered " + status);
            return status == NOT_THERE && said.equals(NOTHING_THERE)
                    ? said + ": the admin API has a port of its own (8003, unless admin.port says otherwise)"
                    : said;
        }
    }

    /// @param base such as `http://localhost:8003`
    AdminClient(String base) {
        this.base = base;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_PATIENCE)
                .build();
    }

    /// The path of a model, or of something of it.
    static String model(String name, String... more) {
        StringBuilder path = new StringBuilder("/api/v1/models/").append(encoded(name));
        for (String segment : more) {
            path.append('/').append(encoded(segment));
        }
        return path.toString();
    }

    static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /// @throws IOException if there is no answer
    Answer get(String path) throws IOException {
        return sent(request(path).timeout(PATIENCE).GET().build());
    }

    /// @param body fields of a JSON object, perhaps none
    /// @throws IOException if there is no answer
    Answer send(String method, String path, ObjectNode body) throws IOException {
        return send(method, path, body, "", "");
    }

    /// The same with one more header.
    ///
    /// @param header its name, or "" for none
    Answer send(String method, String path, ObjectNode body, String header, String value) throws IOException {
        HttpRequest.Builder request = request(path)
                .timeout(LONG_PATIENCE)
                .header("Content-Type", JSON)
                .method(method, BodyPublishers.ofString(body.toString()));
        return sent((header.isEmpty() ? request : request.header(header, value)).build());
    }

    /// What is asked of a server.
    interface Question {
        /// @return an [ExitCode]
        /// @throws IOException if there is no answer
        int of(AdminClient client) throws IOException;
    }

    /// Asks, and tells a person where nobody answers.
    ///
    /// @param failed what to return then
    static int ask(String base, Surroundings surroundings, int failed, Question question) {
        try (AdminClient client = new AdminClient(base)) {
            return question.of(client);
        } catch (IOException | IllegalArgumentException e) {
            surroundings.err().println("no answer from %s: %s".formatted(base, reason(e)));
            surroundings.err().println("is a server running here? Its admin address can be given with --admin URL");
        } catch (JacksonException e) {
            surroundings.err().println(base + " is not a Penstock admin API: " + e.getOriginalMessage());
        }
        return failed;
    }

    private static String reason(Exception e) {
        if (e.getCause() instanceof UnresolvedAddressException
                || (e.getCause() != null && e.getCause().getCause() instanceof UnresolvedAddressException)) {
            return "the name of its host is not known";
        }
        if (e.getMessage() != null) {
            return e.getMessage();
        }
        return e instanceof ConnectException
                ? "nobody listens there"
                : e.getClass().getSimpleName();
    }

    /// Registers a version, however long that takes.
    ///
    /// @param event told each step on the way
    /// @throws IOException if the answer does not come
    Answer register(BodyPublisher body, String contentType, Consumer<JsonNode> event) throws IOException {
        HttpRequest request = request("/api/v1/models")
                .header("Content-Type", contentType)
                .header("Accept", LINES)
                .expectContinue(true)
                .POST(body)
                .build();
        HttpResponse<Stream<String>> response = answered(request, BodyHandlers.ofLines());
        try (Stream<String> lines = response.body()) {
            Iterator<String> each = lines.iterator();
            while (each.hasNext()) {
                String line = each.next();
                JsonNode node = JsonMapper.shared().readTree(line);
                if (!node.has("phase")) {
                    int status = node.path("status").asInt(response.statusCode());
                    return new Answer(status, node, line);
                }
                event.accept(node);
            }
        } catch (UncheckedIOException e) {
            throw new IOException("the server broke off in the middle of its answer", e);
        }
        throw new IOException("the server ended its answer without a result");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path));
    }

    private Answer sent(HttpRequest request) throws IOException {
        HttpResponse<String> response = answered(request, BodyHandlers.ofString());
        int status = response.statusCode();
        try {
            return new Answer(status, JsonMapper.shared().readTree(response.body()), response.body());
        } catch (JacksonException e) {
            if (status == UNAUTHORIZED || status == FORBIDDEN) {
                return new Answer(status, JsonMapper.shared().createObjectNode(), response.body());
            }
            throw e;
        }
    }

    private <T> HttpResponse<T> answered(HttpRequest request, HttpResponse.BodyHandler<T> handler) throws IOException {
        try {
            return client.send(request, handler);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /// Ends at once; nobody waits for what is under way.
    @Override
    public void close() {
        client.shutdownNow();
    }
}
