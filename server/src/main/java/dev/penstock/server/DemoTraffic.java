package dev.penstock.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Callers of the demo: visitors who send an image of a digit each and say afterwards whether the answer was
/// right. Their images are those that no version learned from. One thread; whoever starts it closes it.
final class DemoTraffic implements AutoCloseable {
    private static final int PIXELS = 64;
    private static final int VISITORS = 20_000;
    private static final int FEEDBACK_AT_ONCE = 20;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final String base;
    private final List<String> bodies = new ArrayList<>();
    private final List<Integer> labels = new ArrayList<>();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private final Thread thread =
            Thread.ofPlatform().name("demo-traffic").daemon().unstarted(this::run);
    private volatile boolean ending;

    /// @param base of the inference port
    /// @param requests the folder with the held-out images
    DemoTraffic(String base, Path requests) throws IOException {
        this.base = base;
        JsonNode all = JsonMapper.shared().readTree(Files.readString(requests.resolve("digits-heldout.json")));
        JsonNode pixels = all.path("inputs").path(0).path("data");
        for (int first = 0; first < pixels.size(); first += PIXELS) {
            bodies.add(body(pixels, first));
        }
        JsonMapper.shared()
                .readTree(Files.readString(requests.resolve("digits-heldout.labels.json")))
                .forEach(label -> labels.add(label.asInt()));
    }

    private static String body(JsonNode pixels, int first) {
        ObjectNode request = JsonMapper.shared().createObjectNode();
        ObjectNode input = request.putArray("inputs").addObject();
        input.put("name", "image").put("datatype", "FP32");
        input.putArray("shape").add(1).add(PIXELS);
        ArrayNode data = input.putArray("data");
        for (int i = first; i < first + PIXELS; i++) {
            data.add(pixels.path(i));
        }
        return request.toString();
    }

    void start() {
        thread.start();
    }

    private void run() {
        SplittableRandom random = new SplittableRandom();
        ArrayNode told = JsonMapper.shared().createArrayNode();
        while (!ending) {
            try {
                int image = random.nextInt(bodies.size());
                String token = ask(bodies.get(image), "visitor-" + random.nextInt(VISITORS));
                if (!token.isEmpty()) {
                    told.addObject().put("token", token).put("label", labels.get(image));
                }
                if (told.size() >= FEEDBACK_AT_ONCE) {
                    post("/api/v1/feedback", told.toString(), "");
                    told.removeAll();
                }
            } catch (IOException e) {
                // The server is going away, or one request was lost; the next one tells.
                LockSupport.parkNanos(100 * PAUSE_NANOS);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /// @return the token of the answer, or "" if there is none
    private String ask(String body, String visitor) throws IOException {
        return post("/v2/models/digits/infer", body, visitor)
                .headers()
                .firstValue("x-penstock-feedback-token")
                .orElse("");
    }

    private HttpResponse<String> post(String path, String body, String visitor) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body));
        if (!visitor.isEmpty()) {
            request.header("x-penstock-unit", visitor);
        }
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            ending = true;
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        ending = true;
        thread.interrupt();
        client.shutdownNow();
    }
}
