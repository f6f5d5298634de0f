package dev.penstock.server;

import static dev.penstock.server.LookupGateway.ENTRIES;
import static dev.penstock.server.LookupGateway.ROLLOUT;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Rollouts over real sockets: callers, the admin API, and the commands of a person.
@Timeout(400)
class RolloutServingTest {
    /// Of these 30 cannot be answered by the canary, which has half of all units.
    private static final int ENOUGH = 6 * ENTRIES;

    private static final int CALLERS = 4;

    @TempDir
    private Path folder;

    @Test
    void aCanaryThatFailsIsRolledBackAndNoRequestFailsAfterwards() throws Exception {
        try (LookupGateway server = new LookupGateway(folder, ENTRIES, 95)) {
            assertThat(server.admin("POST", "/api/v1/rollouts", "{\"route\": \"lookup\", \"candidate\": \"lookup@1\"}")
                            .path("error")
                            .asString())
                    .contains("is what the default arm answers with already");
            String id = server.start(ROLLOUT);
            assertThat(id).startsWith("lookup-2-");
            // Nothing fails before it counts, and then not often enough for the guard, which needs 31 failures.
            JsonNode _ = server.awaitPhase(id, "analyse");
            assertThat(server.ask(ENOUGH)).as("some fail").isFalse();
            JsonNode over = server.awaitPhase(id, "rolled-back");
            assertThat(server.ask(3 * ENTRIES))
                    .as("nothing fails after the swap")
                    .isTrue();
            JsonNode status = over.path("status");
            assertThat(status.path("reason").asString()).isEqualTo("errors");
            assertThat(status.path("latched").asBoolean()).isTrue();
            assertThat(server.route().path("candidates").get(0).path("weight").asString())
                    .isEqualTo("0%");
            assertThatItSaysWhy(server.admin("GET", "/api/v1/rollouts/" + id + "/events", ""));

            assertThat(server.admin("POST", "/api/v1/rollouts", ROLLOUT)
                            .path("error")
                            .asString())
                    .as("the same bytes are not tried again by themselves")
                    .contains("was rolled back by rollout '" + id + "'");
        }
    }

    /// To its callers that looks like a mistake of theirs, and to nobody like a failure.
    @Test
    void aCanaryThatRefusesWhatTheDefaultArmAnswersIsRolledBack() throws Exception {
        try (LookupGateway server = new LookupGateway(folder, ENTRIES, LookupGateway.refusingFrom(80))) {
            String id = server.start(ROLLOUT);
            JsonNode _ = server.awaitPhase(id, "analyse");
            assertThat(server.ask(ENOUGH)).as("some are refused").isFalse();
            assertThat(server.refusal).startsWith("400 ").contains("idx=");

            JsonNode status = server.awaitPhase(id, "rolled-back").path("status");

            assertThat(status.path("reason").asString()).isIn("errors", "guard");
            assertThat(status.path("detail").asString()).containsPattern("refused were \\d+|and \\d+ refusals");
            assertThat(server.ask(3 * ENTRIES)).isTrue();
        }
    }

    @Test
    void nothingThatIsAskedAfterTheSwapFailsWhileManyAsk() throws Exception {
        try (LookupGateway server = new LookupGateway(folder, ENTRIES, 95);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            String id = server.start(ROLLOUT);
            JsonNode _ = server.awaitPhase(id, "analyse");
            AtomicBoolean swapped = new AtomicBoolean();
            AtomicBoolean ended = new AtomicBoolean();
            List<Future<int[]>> asked = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                asked.add(callers.submit(() -> failedBeforeAndAfter(server, swapped, ended)));
            }
            try {
                JsonNode _ = server.await(
                        id,
                        _ -> server.route()
                                .path("candidates")
                                .get(0)
                                .path("weight")
                                .asString()
                                .equals("0%"));
                swapped.set(true);
                JsonNode _ = server.awaitPhase(id, "rolled-back");
                assertThat(server.ask(3 * ENTRIES)).isTrue();
            } finally {
                ended.set(true);
            }
            int[] failed = new int[2];
            for (Future<int[]> one : asked) {
                failed[0] += one.get()[0];
                failed[1] += one.get()[1];
            }
            assertThat(failed[0]).as("failed before the swap").isPositive();
            assertThat(failed[1]).as("asked after the swap, and failed").isZero();
        }
    }

    /// One caller, who asks until the end.
    private static int[] failedBeforeAndAfter(LookupGateway server, AtomicBoolean swapped, AtomicBoolean ended)
            throws Exception {
        int[] failed = new int[2];
        while (!ended.get()) {
            boolean after = swapped.get();
            if (server.ask().status() != 200) {
                failed[after ? 1 : 0]++;
            }
        }
        return failed;
    }

    private static void assertThatItSaysWhy(JsonNode events) {
        JsonNode decision = null;
        for (JsonNode event : events.path("events")) {
            decision = event.path("kind").asString().equals("rolling-back") ? event : decision;
        }
        assertThat(decision).as(events.toString()).isNotNull();
        JsonNode metric = decision.path("metrics").get(0);
        assertThat(metric.path("logE_rollback").asDouble())
                .isGreaterThanOrEqualTo(metric.path("threshold").asDouble());
        assertThat(decision.path("weights").path("canary").asInt()).isEqualTo(5000);
    }

    @Test
    void aGoodCanaryIsPromotedByItsEvidence() throws Exception {
        try (LookupGateway server = new LookupGateway(folder, ENTRIES, ENTRIES)) {
            String id = server.start(
                    ROLLOUT.replace("{\"type\": \"errors\"}", "{\"type\": \"errors\", \"promoteAbsolute\": \"3%\"}"));
            JsonNode _ = server.awaitPhase(id, "analyse");
            assertThat(server.ask(1_500)).isTrue();
            JsonNode over = server.awaitPhase(id, "completed");

            assertThat(over.path("status").path("promoted").asString()).isEqualTo("canary");
            assertThat(server.route().path("default").toString()).contains("lookup@2");
            assertThat(server.versions(50)).containsOnlyKeys("2");
        }
    }
}
