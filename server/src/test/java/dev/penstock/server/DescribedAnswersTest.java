package dev.penstock.server;

import static dev.penstock.server.LookupGateway.ENTRIES;
import static dev.penstock.server.LookupGateway.ROLLOUT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.rollout.RolloutJson;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the admin API takes and answers of routes and rollouts is what its description says.
@Timeout(600)
@SuppressWarnings("NullAway.Init")
class DescribedAnswersTest {

    private static final String ROUTE = """
            {"match": [{"header": "x-penstock-unit", "present": true}], "salt": "s", "assignment": "rendezvous",
             "unit": [{"header": "x-penstock-unit"}, {"cookie": "uid"}, "requestId"],
             "default": {"arm": "stable", "target": "lookup@1"},
             "candidates": [{"arm": "canary", "target": "lookup@2", "weight": "50%", "maxWeight": "50%"}],
             "overrides": [{"when": [{"caller": true, "equals": "x"}], "arm": "canary"}],
             "shadows": [{"arm": "copy", "target": "lookup@2", "share": "1%", "tolerance": 0.5}],
             "fallback": {"arm": "stable", "on": ["MODEL_FAILED"]}}""";

    /// With every field that there is.
    private static final String WHOLE = """
            {"route": "lookup", "control": "stable", "candidates": ["lookup@2", {"arm": "b", "version": "lookup@3"}],
             "strategy": "bandit", "alpha": 0.04, "mode": "pause", "settle": "1s", "minRequests": 50,
             "maxDuration": "1h", "onInconclusive": "hold", "onDeadline": "hold", "objective": "5%", "rearm": true,
             "bandit": {"policy": "epsilonGreedy", "floor": "5%", "maxStep": "10%", "updateInterval": "60s", "minFeedback": 100,
              "epsilon": 0.1},
             "metrics": [{"type": "errors", "rollbackRatio": 1.25, "promoteRatio": 1.5, "promoteAbsolute": "0.1%",
               "required": true},
              {"type": "latency", "quantiles": [0.5, 0.99], "rollbackRatio": 1.19, "promoteRatio": 1.41},
              {"type": "predictionDrift", "critical": 0.25}, {"type": "disagreement", "max": 0.02, "tolerance": 0.1},
              {"type": "copyLatency", "maxRatio": 1.5, "required": true},
              {"type": "quality", "margin": "1%"}, {"type": "reward", "margin": 0.01, "required": false},
              {"type": "prometheus", "name": "p", "address": "http://127.0.0.1:9090", "query": "up",
               "successCondition": "result < 1", "interval": "1m", "failureLimit": 2},
              {"type": "webhook", "name": "w", "address": "http://127.0.0.1:9090", "interval": "1m"}],
             "steps": [{"weight": "20%", "shadow": "5%", "minDuration": "2s", "maxDuration": "1h", "minRequests": 9,
              "require": "notWorse"}, {"weight": "20%", "for": "2s"}, {"weight": "20%", "soak": "2s"}]}""";

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    private LookupGateway server;

    /// @param name as the description has it, with the name of the parameter
    private JsonNode held(int status, String method, String name, String path, String body, String... headers)
            throws Exception {
        OpenApi described = OpenApi.read();
        String verb = method.toLowerCase(Locale.ROOT);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(server.url() + path)).method(method, BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        JsonNode answer = JsonMapper.shared().readTree(response.body());
        assertThat(described.answer(verb, name, status, answer)).isEmpty();
        if (!body.isEmpty()) {
            assertThat(described.request(verb, name, JsonMapper.shared().readTree(body)))
                    .isEmpty();
        }
        return answer;
    }

    private JsonNode get(String name, String path) throws Exception {
        return held(200, "GET", name, path, "");
    }

    @Test
    void whatIsSaidOfRoutes() throws Exception {
        try (LookupGateway gateway = new LookupGateway(folder, ENTRIES, 0)) {
            server = gateway;
            String name = "/api/v1/routes/{route}";
            String path = "/api/v1/routes/lookup";
            held(200, "PUT", name, path + "?dryRun=true", ROUTE, "If-Match", "*");
            held(200, "PUT", name, path, ROUTE, "If-Match", "*");
            JsonNode canary = get(name, path).path("status").path("arms").path(1);
            while (!canary.has("trip")) {
                var _ = gateway.ask();
                canary = get(name, path).path("status").path("arms").path(1);
            }
            assertThat(canary.path("trip").asString("")).contains("failed");
            get("/api/v1/routes", "/api/v1/routes");
            JsonNode shadow =
                    get(name + "/shadows", path + "/shadows").path("shadows").path(0);
            assertThat(shadow.path("arm").asString("")).isEqualTo("copy");
            held(412, "PUT", name, path, ROUTE, "If-Match", "\"77\"");
            held(428, "DELETE", name, path, "");
            held(
                    200,
                    "POST",
                    name + ":assign",
                    path + ":assign",
                    "{\"unit\":\"a\",\"headers\":{\"a\":\"b\"},\"parameters\":{},\"caller\":\"x\",\"requestId\":\"r\"}");
            held(200, "DELETE", name, path, "", "If-Match", "*");
        }
    }

    @Test
    void whatIsSaidOfRollouts() throws Exception {
        try (LookupGateway gateway = new LookupGateway(folder, ENTRIES, ENTRIES, ENTRIES)) {
            server = gateway;
            String all = "/api/v1/rollouts";
            String name = all + "/{id}";
            held(200, "POST", all, all + "?dryRun=true", ROLLOUT);
            String id = held(200, "POST", all, all, ROLLOUT).path("id").asString();
            String path = all + "/" + id;
            JsonNode refused = held(200, "POST", all, all + "?dryRun=true", ROLLOUT);
            assertThat(refused.path("refused").asString("")).contains("is under way");
            gateway.awaitPhase(id, "analyse");
            assertThat(get(name, path).path("status").path("metrics")).isNotEmpty();
            held(409, "POST", all, all, ROLLOUT);
            held(409, "DELETE", name, path, "");
            held(409, "PUT", "/api/v1/routes/{route}", "/api/v1/routes/lookup", ROUTE, "If-Match", "*");
            held(200, "POST", name + ":pause", path + ":pause", "{\"reason\":\"because\"}");
            held(200, "POST", name + ":resume", path + ":resume", "");
            held(200, "POST", name + ":abort", path + ":abort", "");
            gateway.awaitPhase(id, "rolled-back");
            held(409, "POST", name + ":skip", path + ":skip", "{\"seen\": 1}");
            get(all, all);
            JsonNode events = get(name + "/events", path + "/events");
            assertThat(events.path("events")).hasSizeGreaterThan(4);
            held(200, "DELETE", name, path, "");
            held(404, "GET", name, path, "");
        }
    }

    @Test
    void whatIsSaidOfWhatIsApplied() throws Exception {
        try (LookupGateway gateway = new LookupGateway(folder, ENTRIES, ENTRIES)) {
            server = gateway;
            String path = "/api/v1/apply";
            String routes = "{\"routes\": [" + ROUTE.replaceFirst("\\{", "{\"name\": \"lookup\", ") + "]}";
            JsonNode changed = held(200, "POST", path, path + "?dryRun=true", routes);
            assertThat(changed.path("routes").path(0).path("before").isObject()).isTrue();
            String rollouts = "{\"rollouts\": [" + ROLLOUT + "]}";
            held(200, "POST", path, path, rollouts);
            held(200, "POST", path, path, rollouts);
            JsonNode refused = held(409, "POST", path, path, rollouts.replace("50%", "51%"));
            assertThat(refused.path("rollouts").path(0).path("refused").asString(""))
                    .isNotEmpty();
        }
    }

    @Test
    void whatMayBeSaidOfARollout() throws Exception {
        OpenApi described = OpenApi.read();
        JsonNode asked = JsonMapper.shared().readTree(WHOLE);
        JsonNode written = RolloutJson.write(
                RolloutJson.read(asked, RolloutJson.USUAL_CONTROL).spec());
        JsonNode number = JsonMapper.shared().readTree(WHOLE.replace("\"5%\", \"rearm\"", "0.05, \"rearm\""));

        assertThat(described.named("rolloutSpec", asked)).isEmpty();
        assertThat(described.named("rolloutSpec", written)).isEmpty();
        assertThat(number.path("objective").isNumber()).isTrue();
        assertThat(described.named("rolloutSpec", number)).isEmpty();
        JsonNode misplaced = JsonMapper.shared().readTree(WHOLE.replace("\"critical\"", "\"margin\""));
        assertThat(described.named("rolloutSpec", misplaced)).hasSize(1);
    }
}
