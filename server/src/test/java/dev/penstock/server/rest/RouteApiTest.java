package dev.penstock.server.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Routes over the admin port, in front of a real record.
class RouteApiTest extends AdminTests {
    private static final String ROUTE = """
            {"unit":[{"header":"x-user-id"}],"default":{"arm":"stable","target":"fraud@1"},
             "candidates":[{"arm":"canary","target":"fraud@2","weight":"5%","maxWeight":"50%"}],
             "overrides":[{"when":[{"header":"x-canary","equals":"1"}],"arm":"canary"}]}""";

    @BeforeEach
    void register() throws Exception {
        for (int version = 1; version <= 2; version++) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create(server().url() + "/api/v1/models/fraud/versions/" + version))
                            .PUT(BodyPublishers.ofByteArray(("model " + version).getBytes(UTF_8)))
                            .header("Content-Type", "application/octet-stream")
                            .build(),
                    BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 201);
        }
    }

    private HttpResponse<String> send(String method, String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server().url() + "/api/v1/routes" + path))
                .header("x-penstock-caller", "ann")
                .method(method, BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private JsonNode ok(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body());
    }

    private static String tag(HttpResponse<String> answer) {
        return answer.headers().firstValue("etag").orElseThrow();
    }

    @Test
    void aRouteIsMadeShownChangedAndTakenAway() throws Exception {
        assertThat(ok(send("GET", "", "")).path("routes")).isEmpty();
        HttpResponse<String> made = send("PUT", "/fraud", ROUTE);
        JsonNode route = ok(made);
        assertThat(tag(made)).isEqualTo("\"1\"");
        assertThat(route.path("name").asString()).isEqualTo("fraud");
        assertThat(route.path("salt").asString()).isEqualTo("fraud/v1");
        JsonNode status = route.path("status");
        assertThat(status.path("by").asString()).isEqualTo("ann");
        assertThat(status.path("generation").asInt()).isEqualTo(1);
        assertThat(status.path("arms").toString())
                .isEqualTo(
                        "[{\"arm\":\"stable\",\"target\":\"fraud@1\",\"version\":1,\"weight\":\"95%\",\"maxWeight\":\"100%\",\"buckets\":9500},"
                                + "{\"arm\":\"canary\",\"target\":\"fraud@2\",\"version\":2,\"weight\":\"5%\",\"maxWeight\":\"50%\",\"buckets\":500}]");

        assertThat(ok(send("GET", "/fraud", ""))).isEqualTo(route);
        HttpResponse<String> same = send("PUT", "/fraud", made.body(), "If-Match", tag(made));
        assertThat(ok(same))
                .as("what is read can be written, and changes nothing")
                .isEqualTo(route);

        HttpResponse<String> patched = send("PATCH", "/fraud", "{\"salt\":\"fraud/v2\"}", "If-Match", tag(made));
        assertThat(ok(patched).path("status").path("assignmentVersion").asInt()).isEqualTo(2);
        assertThat(tag(patched)).isEqualTo("\"2\"");
        assertThat(ok(send("GET", "", "")).path("routes").size()).isEqualTo(1);

        assertThat(ok(send("DELETE", "/fraud", "", "If-Match", "*"))
                        .path("deleted")
                        .asString())
                .isEqualTo("fraud");
        HttpResponse<String> gone = send("GET", "/fraud", "");
        assertThat(gone.statusCode()).isEqualTo(404);
        assertThat(gone.body()).contains("it is a model without a route of its own");
        assertThat(send("DELETE", "/fraud", "", "If-Match", "*").statusCode()).isEqualTo(404);
        assertThat(send("PATCH", "/fraud", "{}", "If-Match", "*").statusCode()).isEqualTo(412);
    }

    @Test
    void whoeverWritesSaysWhatWasRead() throws Exception {
        HttpResponse<String> made = send("PUT", "/fraud", ROUTE, "If-None-Match", "*");
        ok(made);
        String other = ROUTE.replace("\"5%\"", "\"6%\"");

        HttpResponse<String> unsaid = send("PUT", "/fraud", other);
        assertThat(unsaid.statusCode()).isEqualTo(428);
        assertThat(unsaid.body()).contains("If-Match: \\\"1\\\"");
        assertThat(send("PATCH", "/fraud", "{}").statusCode()).isEqualTo(428);
        assertThat(send("DELETE", "/fraud", "").statusCode()).isEqualTo(428);
        assertThat(send("PUT", "/fraud", other, "If-None-Match", "*").statusCode())
                .isEqualTo(412);
        ok(send("PUT", "/fraud", other, "If-Match", tag(made)));
        HttpResponse<String> stale = send("PUT", "/fraud", ROUTE, "If-Match", tag(made));
        assertThat(stale.statusCode()).isEqualTo(412);
        assertThat(tag(stale)).isEqualTo("\"2\"");
        JsonNode body = JsonMapper.shared().readTree(stale.body());
        assertThat(body.path("error").asString()).contains("has revision 2 (expected: 1, which was read");
        assertThat(body.path("current")
                        .path("candidates")
                        .path(0)
                        .path("weight")
                        .asString())
                .isEqualTo("6%");
        assertThat(send("PUT", "/none", ROUTE, "If-Match", "\"1\"").statusCode())
                .isEqualTo(412);
        for (String wrong : List.of("1", "\"x\"", "W/\"1\"")) {
            assertThat(send("PUT", "/fraud", ROUTE, "If-Match", wrong).statusCode())
                    .isEqualTo(400);
        }
    }

    @Test
    void ofThoseWhoReadTheSameOneWins() throws Exception {
        ok(send("PUT", "/fraud", ROUTE));
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (int round = 0; round < 5; round++) {
                String read = tag(send("GET", "/fraud", ""));
                List<Future<Integer>> answers = new ArrayList<>();
                for (int writer = 1; writer <= 8; writer++) {
                    String weight = "%d.0%d%%".formatted(writer, round + 1);
                    answers.add(threads.submit(() -> send(
                                    "PATCH",
                                    "/fraud",
                                    "{\"candidates\":[{\"arm\":\"canary\",\"target\":\"fraud@2\",\"weight\":\"%s\",\"maxWeight\":\"50%%\"}]}"
                                            .formatted(weight),
                                    "If-Match",
                                    read)
                            .statusCode()));
                }
                List<Integer> codes = new ArrayList<>();
                for (Future<Integer> answer : answers) {
                    codes.add(answer.get());
                }
                assertThat(codes).containsOnlyOnce(200).containsOnly(200, 412);
            }
        }
        assertThat(ok(send("GET", "/fraud", ""))
                        .path("status")
                        .path("generation")
                        .asInt())
                .isEqualTo(6);
    }

    @Test
    void whatCannotBeIsRefusedAndADryRunChangesNothing() throws Exception {
        HttpResponse<String> unknown = send(
                "PUT", "/fraud", "{\"default\":\"frod@1\",\"candidates\":[{\"arm\":\"c\",\"target\":\"fraud@9\"}]}");
        assertThat(unknown.statusCode()).isEqualTo(400);
        assertThat(unknown.body()).contains("there is no model 'frod'", "did you mean fraud?", "fraud@9 is not there");
        assertThat(send("PUT", "/fraud", "{").statusCode()).isEqualTo(400);
        assertThat(send("PUT", "/fraud", "").body()).contains("default is missing");
        assertThat(send("PUT", "/fraud?dryRun=maybe", ROUTE).statusCode()).isEqualTo(400);

        JsonNode dry = ok(send("PUT", "/fraud?dryRun=true", ROUTE));
        assertThat(dry.path("status").path("generation").asInt()).isZero();
        assertThat(send("PUT", "/fraud?dryRun=true", "{\"default\":\"x@1\"}").statusCode())
                .isEqualTo(400);
        assertThat(send("GET", "/fraud", "").statusCode()).isEqualTo(404);
        assertThat(send("POST", "/fraud", "").statusCode()).isEqualTo(405);
        assertThat(send("PUT", "/fraud", ROUTE, "Origin", "http://evil.example").statusCode())
                .isEqualTo(403);
    }

    @Test
    void aDryRunOfARequestSaysItsArmAndWhy() throws Exception {
        ok(send("PUT", "/fraud", ROUTE.replace("\"5%\"", "\"50%\"")));

        JsonNode first = ok(send("POST", "/fraud:assign", "{\"unit\":\"ann\"}"));
        assertThat(ok(send("POST", "/fraud:assign", "{\"headers\":{\"X-User-Id\":\"ann\"}}")))
                .isEqualTo(first);
        int bucket = first.path("bucket").asInt();
        boolean canary = bucket < 5_000;
        assertThat(first.path("arm").asString()).isEqualTo(canary ? "canary" : "stable");
        assertThat(first.path("version").asInt()).isEqualTo(canary ? 2 : 1);
        assertThat(first.path("reason").asString()).isEqualTo("hash");
        assertThat(first.path("why").asString())
                .isEqualTo(
                        canary
                                ? "bucket %d is among 0 to 4999, its weight of 50%%".formatted(bucket)
                                : "bucket %d is the default arm's, as no candidate has it".formatted(bucket));
        assertThat(first.path("group").asInt()).isBetween(0, 63);
        assertThat(first.path("assignment").asString()).isEqualTo("v=fraud/v1;b=%04d;r=hash".formatted(bucket));

        JsonNode override = ok(send("POST", "/fraud:assign", "{\"unit\":\"ann\",\"headers\":{\"x-canary\":\"1\"}}"));
        assertThat(override.path("arm").asString()).isEqualTo("canary");
        assertThat(override.path("why").asString()).isEqualTo("override 1 holds: header x-canary equals '1'");
        assertThat(override.path("bucket").asInt()).isEqualTo(bucket);
        JsonNode nobody = ok(send("POST", "/fraud:assign", "{}"));
        assertThat(nobody.path("reason").asString()).isEqualTo("random");
        assertThat(nobody.path("why").asString()).contains("looked for: header x-user-id");
        String read = tag(send("GET", "/fraud", ""));
        ok(send("PATCH", "/fraud", "{\"match\":[{\"caller\":true,\"prefix\":\"team-\"}]}", "If-Match", read));
        JsonNode other = ok(send("POST", "/fraud:assign", "{\"unit\":\"ann\",\"caller\":\"bob\"}"));
        assertThat(other.path("arm").asString()).isEqualTo("stable");
        assertThat(other.path("why").asString())
                .isEqualTo("the condition that caller begins with 'team-' does not hold");
        assertThat(ok(send("POST", "/fraud:assign", "{\"unit\":\"ann\",\"caller\":\"team-a\"}"))
                        .path("reason")
                        .asString())
                .isEqualTo("hash");
        assertThat(send("POST", "/none:assign", "{}").statusCode()).isEqualTo(404);
        assertThat(send("POST", "/fraud:assign", "{\"user\":1}").statusCode()).isEqualTo(400);
    }

    @Test
    void aRouteOnWhichARolloutRunsIsLeftToIt() throws Exception {
        String made = tag(send("PUT", "/fraud", ROUTE));
        server().routing().guard(() -> Map.of("fraud", "fraud-8"));

        HttpResponse<String> salt = send("PATCH", "/fraud", "{\"salt\":\"v2\"}", "If-Match", made);
        assertThat(salt.statusCode()).isEqualTo(409);
        assertThat(salt.body()).contains("rollout 'fraud-8' runs on it");
        assertThat(send("DELETE", "/fraud", "", "If-Match", made).statusCode()).isEqualTo(409);
        JsonNode without = ok(send("PATCH", "/fraud", "{\"overrides\":null}", "If-Match", made));
        assertThat(without.path("status").path("rollout").asString()).isEqualTo("fraud-8");
    }
}
