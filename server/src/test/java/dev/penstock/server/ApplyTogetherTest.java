package dev.penstock.server;

import static dev.penstock.server.LookupGateway.ENTRIES;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Routes and rollouts that are applied together over the admin port of a whole server.
@Timeout(600)
@SuppressWarnings("NullAway.Init")
class ApplyTogetherTest {
    private static final String FRONT = """
            {"name": "front", "default": {"arm": "main", "target": "lookup@1"}}""";

    private static final String ROLLOUT = """
            {"route": "front", "candidate": "lookup@2", "settle": "100ms", "minRequests": 50,
             "metrics": [{"type": "errors"}],
             "steps": [{"weight": "50%", "minDuration": "200ms", "require": "proven"}]}""";

    @TempDir
    private Path folder;

    private LookupGateway server;

    @BeforeEach
    void start() throws Exception {
        server = new LookupGateway(folder, ENTRIES, ENTRIES, ENTRIES);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String order(String routes, String rollouts) {
        return "{\"routes\": [%s], \"rollouts\": [%s]}".formatted(routes, rollouts);
    }

    private JsonNode dry(String order) throws Exception {
        return server.admin("POST", "/api/v1/apply?dryRun=true", order);
    }

    private JsonNode apply(String order) throws Exception {
        return server.admin("POST", "/api/v1/apply", order);
    }

    private String revision() throws Exception {
        return server.admin("GET", "/api/v1/audit?limit=1", "").toString();
    }

    @Test
    void aRolloutMayNeedARouteThatComesWithIt() throws Exception {
        String order = order(FRONT, ROLLOUT);
        String before = revision();
        JsonNode planned = dry(order);
        assertThat(planned.path("routes").path(0).path("outcome").asString()).isEqualTo("created");
        assertThat(planned.path("rollouts").path(0).path("outcome").asString()).isEqualTo("created");
        assertThat(planned.path("applied").asBoolean()).isFalse();
        assertThat(revision()).as("a dry run leaves nothing").isEqualTo(before);

        JsonNode done = apply(order);

        assertThat(done.path("applied").asBoolean()).as(done.toString()).isTrue();
        assertThat(done.path("routes")).isEqualTo(planned.path("routes"));
        JsonNode rollout = done.path("rollouts").path(0);
        assertThat(rollout.path("after"))
                .isEqualTo(planned.path("rollouts").path(0).path("after"));
        assertThat(rollout.path("after").path("control").asString())
                .as("the arm of the route that came with it")
                .isEqualTo("main");
        var _ = server.awaitPhase(rollout.path("id").asString(), "analyse");
        assertThat(apply(order).path("rollouts").path(0).path("outcome").asString())
                .isEqualTo("unchanged");
    }

    @Test
    void aRolloutIsJudgedByItsRouteAsItWillBe() throws Exception {
        String shared = """
                {"name": "lookup", "default": {"arm": "stable", "target": "lookup@1"},
                 "candidates": [{"arm": "hand", "target": "lookup@3", "weight": "10%"}]}""";
        assertThat(apply(order(shared, "")).path("applied").asBoolean()).isTrue();
        String rollout = ROLLOUT.replace("front", "lookup");
        JsonNode refused = apply(order(shared, rollout));
        assertThat(refused.path("rollouts").path(0).path("refused").asString())
                .contains("arm 'hand' has a share of its own");

        String alone = """
                {"name": "lookup", "default": {"arm": "stable", "target": "lookup@3"}}""";
        JsonNode done = apply(order(alone, rollout));

        assertThat(done.path("applied").asBoolean()).as(done.toString()).isTrue();
        var _ = server.awaitPhase(done.path("rollouts").path(0).path("id").asString(), "analyse");
        assertThat(server.route().path("default").path("target").asString()).isEqualTo("lookup@3");
        assertThat(server.route().path("candidates").path(0).path("target").asString())
                .isEqualTo("lookup@2");
    }

    @Test
    void oneThatIsRefusedRefusesAllAndChangesNothing() throws Exception {
        String before = revision();
        String order = order(FRONT, ROLLOUT.replace("lookup@2", "lookup@9"));

        JsonNode planned = dry(order);
        JsonNode refused = apply(order);

        assertThat(refused).as("a dry run says what the real one does").isEqualTo(planned);
        assertThat(refused.path("applied").asBoolean()).isFalse();
        assertThat(refused.path("error").asString()).startsWith("nothing is changed: rollout of route 'front': ");
        assertThat(refused.path("routes").path(0).path("outcome").asString()).isEqualTo("created");
        assertThat(refused.path("rollouts").path(0).path("refused").asString())
                .contains("candidate lookup@9 is not there");
        assertThat(revision()).isEqualTo(before);
        assertThat(server.admin("GET", "/api/v1/routes/front", "").path("error").asString())
                .contains("route 'front' is not there");
    }

    @Test
    void whatIsNoRouteOrIsThereTwiceIsNamed() throws Exception {
        assertThat(apply(order("{\"name\": \"front\"}", "")).path("error").asString())
                .contains("routes[0].default is missing");
        assertThat(apply(order(FRONT + "," + FRONT, "")).path("error").asString())
                .contains("routes[1]: route 'front' is there twice (expected: once)");
        assertThat(apply(order("", ROLLOUT + "," + ROLLOUT)).path("error").asString())
                .contains("rollouts[1]: route 'front' is there twice (expected: once)");
        assertThat(server.admin("POST", "/api/v1/apply?dryRun=yes", "{}")
                        .path("error")
                        .asString())
                .contains("query parameter 'dryRun': 'yes' (expected: true or false)");
    }
}
