package dev.penstock.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.admin.GrpcTransport;
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
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Rollouts over real sockets: callers, the admin API, and the commands of a person.
@Timeout(120)
class RolloutServingTest {
    private static final int ENTRIES = 100;

    /// Of these 30 cannot be answered by the canary, which has half of all units.
    private static final int ENOUGH = 6 * ENTRIES;

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    private int asked;

    /// The last answer that was none.
    private String refusal = "";

    /// Version 2 cannot answer the last ones of a hundred numbers.
    private RunningGateway lookup(int answered) throws Exception {
        Path model = folder.resolve("models/lookup");
        LookupModel.write(model.resolve("1"), ENTRIES, ENTRIES);
        LookupModel.write(model.resolve("2"), answered, ENTRIES);
        Files.writeString(model.resolve("config.pbtxt"), "max_batch_size: 8\nversion_policy: { all { } }\n");
        RunningGateway gateway =
                TestGateways.recorded(folder.resolve("models"), folder.resolve("data"), GrpcTransport.NETTY_DOOR);
        // The newest version would answer otherwise.
        JsonNode route = admin(
                gateway,
                "PUT",
                "/api/v1/routes/lookup",
                "{\"default\": {\"arm\": \"stable\", \"target\": \"lookup@1\"}}");
        assertThat(route.has("error")).as(route.toString()).isFalse();
        return gateway;
    }

    /// @return whether all were answered
    private boolean ask(RunningGateway gateway, int requests) throws Exception {
        boolean all = true;
        for (int i = 0; i < requests; i++) {
            int number = asked % ENTRIES;
            asked++;
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create(TestGateways.url(gateway, "/v2/models/lookup/infer")))
                    .header("x-penstock-unit", "unit " + asked)
                    .POST(BodyPublishers.ofString(
                            "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,1],\"data\":[%d]}]}"
                                    .formatted(number)))
                    .build();
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            boolean good = answer.statusCode() == 200;
            all &= good;
            refusal = good ? refusal : answer.statusCode() + " " + answer.body();
        }
        return all;
    }

    private String admin(RunningGateway gateway) {
        return "http://127.0.0.1:" + gateway.addresses().admin().port();
    }

    private JsonNode admin(RunningGateway gateway, String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(admin(gateway) + path))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
        return JsonMapper.shared().readTree(response.body());
    }

    private JsonNode start(RunningGateway gateway) throws Exception {
        return admin(gateway, "POST", "/api/v1/rollouts", """
                {"route": "lookup", "candidate": "lookup@2", "settle": "1s", "minRequests": 50, "objective": "50%",
                 "metrics": [{"type": "errors"}],
                 "steps": [{"weight": "50%", "minDuration": "2s", "require": "proven"}]}""");
    }

    private JsonNode awaitPhase(RunningGateway gateway, String id, Predicate<String> phase) throws Exception {
        for (int i = 0; i < 2000; i++) {
            JsonNode rollout = admin(gateway, "GET", "/api/v1/rollouts/" + id, "");
            if (phase.test(rollout.path("status").path("phase").asString())) {
                return rollout;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        throw new AssertionError(refusal + " " + admin(gateway, "GET", "/api/v1/rollouts/" + id, ""));
    }

    @Test
    void aCanaryThatFailsIsRolledBackAndNoRequestFailsAfterwards() throws Exception {
        try (RunningGateway gateway = lookup(95)) {
            assertThat(admin(
                                    gateway,
                                    "POST",
                                    "/api/v1/rollouts",
                                    "{\"route\": \"lookup\", \"candidate\": \"lookup@1\"}")
                            .path("error")
                            .asString())
                    .contains("is what the default arm answers with already");
            JsonNode started = start(gateway);
            String id = started.path("id").asString();
            assertThat(id).as(started.toString()).startsWith("lookup-2-");
            // Nothing fails before it counts, and then not often enough for the guard, which needs 31 failures.
            JsonNode _ = awaitPhase(gateway, id, "analyse"::equals);
            assertThat(ask(gateway, ENOUGH)).as("some fail").isFalse();
            JsonNode over = awaitPhase(gateway, id, "rolled-back"::equals);
            assertThat(ask(gateway, 3 * ENTRIES))
                    .as("nothing fails after the swap")
                    .isTrue();
            JsonNode status = over.path("status");
            assertThat(status.path("reason").asString()).isEqualTo("errors");
            assertThat(status.path("latched").asBoolean()).isTrue();
            JsonNode route = admin(gateway, "GET", "/api/v1/routes/lookup", "");
            assertThat(route.path("candidates").get(0).path("weight").asString())
                    .isEqualTo("0%");

            JsonNode events = admin(gateway, "GET", "/api/v1/rollouts/" + id + "/events", "")
                    .path("events");
            JsonNode decision = null;
            for (JsonNode event : events) {
                decision = event.path("kind").asString().equals("rolling-back") ? event : decision;
            }
            assertThat(decision).as(events.toString()).isNotNull();
            JsonNode metric = decision.path("metrics").get(0);
            assertThat(metric.path("logE_rollback").asDouble())
                    .isGreaterThanOrEqualTo(metric.path("threshold").asDouble());
            assertThat(decision.path("weights").path("canary").asInt()).isEqualTo(5000);

            assertThat(start(gateway).path("error").asString())
                    .as("the same bytes are not tried again by themselves")
                    .contains("was rolled back by rollout '" + id + "'");
        }
    }

    @Test
    void aGoodCanaryIsPromotedAndAPersonCanSeeItAndStopAnother() throws Exception {
        try (RunningGateway gateway = lookup(ENTRIES)) {
            String id = start(gateway).path("id").asString();
            JsonNode _ = awaitPhase(gateway, id, phase -> phase.equals("settle") || phase.equals("analyse"));
            assertThat(run(gateway, "pause", id, "--reason", "lunch")).contains("paused");
            assertThat(run(gateway, "status", id)).contains("paused", "lunch");
            assertThat(run(gateway, "resume", id)).doesNotContain("paused");
            assertThat(run(gateway, "list")).contains(id);
            assertThat(run(gateway, "promote", id, "--reason", "seen enough")).contains("promoting");
            JsonNode over = awaitPhase(gateway, id, "completed"::equals);
            assertThat(over.path("status").path("promoted").asString()).isEqualTo("canary");
            assertThat(ask(gateway, 10)).isTrue();
            JsonNode route = admin(gateway, "GET", "/api/v1/routes/lookup", "");
            assertThat(route.path("default").toString()).contains("lookup@2");
            assertThat(run(gateway, "events", id)).contains("seen enough", "completed");
            assertThat(run(gateway, "watch", id)).contains("completed");
        }
    }

    private String run(RunningGateway gateway, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream both = new PrintStream(out, true, UTF_8);
        Surroundings surroundings = new Surroundings(Map.of(), folder, both, both, null);
        List<String> words = new ArrayList<>(List.of("rollout"));
        words.addAll(List.of(args));
        words.addAll(List.of("--admin", admin(gateway)));
        int code = new Cli(surroundings, new RecordingProgram()).run(words.toArray(String[]::new));
        assertThat(code).as(out.toString(UTF_8)).isZero();
        return out.toString(UTF_8);
    }
}
