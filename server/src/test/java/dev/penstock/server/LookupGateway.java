package dev.penstock.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.admin.GrpcTransport;
import dev.penstock.server.config.ServerConfig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.function.Executable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A whole server with versions of one model, `lookup`, on whose route rollouts are tried out, and its callers.
final class LookupGateway implements AutoCloseable {
    static final int ENTRIES = 100;

    /// A rollout of version 2 that is at half of the requests at once, and is promoted or rolled back by
    /// errors.
    static final String ROLLOUT = """
            {"route": "lookup", "candidate": "lookup@2", "settle": "100ms", "minRequests": 50, "objective": "50%",
             "metrics": [{"type": "errors"}],
             "steps": [{"weight": "50%", "minDuration": "200ms", "require": "proven"}]}""";

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path folder;
    private final AtomicInteger asked = new AtomicInteger();

    private final ServerConfig.Feedback feedback;

    RunningGateway gateway;

    /// The last answer that was none.
    volatile String refusal = "";

    /// What the last command printed.
    String printed = "";

    /// An answer: which arm gave it.
    ///
    /// @param token "" without feedback
    record Answered(int status, String arm, String version, String token) {}

    /// Of a version that answers so many numbers, and calls the others an invalid argument.
    static int refusingFrom(int known) {
        return -known;
    }

    /// @param answered by version from 1 on: of a hundred numbers so many
    LookupGateway(Path folder, int... answered) throws Exception {
        this(folder, ServerConfig.Feedback.OFF, answered);
    }

    /// The route has version 1 as its default arm: the newest would answer otherwise.
    LookupGateway(Path folder, ServerConfig.Feedback feedback, int... answered) throws Exception {
        this.folder = folder;
        Path model = folder.resolve("models/lookup");
        for (int version = 1; version <= answered.length; version++) {
            int each = answered[version - 1];
            LookupModel.write(model.resolve(Integer.toString(version)), Math.abs(each), each < 0 ? -each : ENTRIES);
        }
        Files.writeString(
                model.resolve("config.pbtxt"),
                "max_batch_size: 8\nversion_policy: { all { } }\n"
                        + (feedback.tokens()
                                ? "parameters: { key: \"feedback_tokens\" value: { string_value: \"true\" } }\n"
                                : ""));
        this.feedback = feedback;
        gateway = opened();
        JsonNode route =
                admin("PUT", "/api/v1/routes/lookup", "{\"default\": {\"arm\": \"stable\", \"target\": \"lookup@1\"}}");
        assertThat(route.has("error")).as(route.toString()).isFalse();
    }

    private RunningGateway opened() {
        return TestGateways.feeding(
                folder.resolve("models"), folder.resolve("data"), GrpcTransport.NETTY_DOOR, feedback);
    }

    /// Ends the server and starts it anew, with the same record.
    ///
    /// @param between while it does not run
    void restart(Executable between) throws Throwable {
        gateway.close();
        between.execute();
        gateway = opened();
    }

    /// One request of another unit than all before. Any thread may.
    Answered ask() throws Exception {
        int unit = asked.incrementAndGet();
        int number = (unit - 1) % ENTRIES;
        HttpRequest request = HttpRequest.newBuilder(URI.create(TestGateways.url(gateway, "/v2/models/lookup/infer")))
                .header("x-penstock-unit", "unit " + unit)
                .POST(BodyPublishers.ofString(
                        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,1],\"data\":[%d]}]}"
                                .formatted(number)))
                .build();
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        refusal = answer.statusCode() == 200 ? refusal : answer.statusCode() + " " + answer.body();
        return new Answered(
                answer.statusCode(),
                answer.headers().firstValue("x-penstock-arm").orElse(""),
                answer.headers().firstValue("x-penstock-version").orElse(""),
                answer.headers().firstValue("x-penstock-feedback-token").orElse(""));
    }

    /// @return whether all were answered
    boolean ask(int requests) throws Exception {
        boolean all = true;
        for (int i = 0; i < requests; i++) {
            all &= ask().status() == 200;
        }
        return all;
    }

    /// @return how many of so many requests were answered by each version
    Map<String, Integer> versions(int requests) throws Exception {
        Map<String, Integer> versions = new HashMap<>();
        for (int i = 0; i < requests; i++) {
            versions.merge(ask().version(), 1, Integer::sum);
        }
        return versions;
    }

    String url() {
        return "http://127.0.0.1:" + gateway.addresses().admin().port();
    }

    HttpResponse<String> post(String url, String body) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(url))
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    JsonNode admin(String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url() + path))
                .header("x-penstock-caller", "ann")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
        return JsonMapper.shared().readTree(response.body());
    }

    /// @return its id
    String start(String rollout) throws Exception {
        JsonNode started = admin("POST", "/api/v1/rollouts", rollout);
        assertThat(started.path("id").asString("")).as(started.toString()).isNotEmpty();
        return started.path("id").asString();
    }

    JsonNode act(String id, String verb) throws Exception {
        return admin("POST", "/api/v1/rollouts/" + id + ":" + verb, "");
    }

    JsonNode promote(String id, String arm) throws Exception {
        return admin("POST", "/api/v1/rollouts/" + id + ":promote", "{\"arm\": \"" + arm + "\"}");
    }

    JsonNode rollout(String id) throws Exception {
        return admin("GET", "/api/v1/rollouts/" + id, "");
    }

    JsonNode route() throws Exception {
        return admin("GET", "/api/v1/routes/lookup", "");
    }

    /// Waits for it.
    JsonNode awaitPhase(String id, String... phases) throws Exception {
        return await(
                id,
                rollout -> List.of(phases)
                        .contains(rollout.path("status").path("phase").asString()));
    }

    /// What is waited for.
    interface Condition {
        boolean test(JsonNode rollout) throws Exception;
    }

    /// Waits until that is so of a rollout.
    JsonNode await(String id, Condition condition) throws Exception {
        for (int i = 0; i < 9000; i++) {
            JsonNode rollout = rollout(id);
            if (condition.test(rollout)) {
                return rollout;
            }
            LockSupport.parkNanos(20_000_000);
        }
        throw new AssertionError(refusal + " " + rollout(id));
    }

    /// Runs a command against this server.
    ///
    /// @return its exit code
    int run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream both = new PrintStream(out, true, UTF_8);
        Surroundings surroundings = new Surroundings(Map.of(), folder, both, both, null);
        List<String> words = new ArrayList<>(List.of(args));
        words.addAll(List.of("--admin", url()));
        int code = new Cli(surroundings, new RecordingProgram()).run(words.toArray(String[]::new));
        printed = out.toString(UTF_8);
        return code;
    }

    @Override
    public void close() {
        gateway.close();
        http.close();
    }
}
