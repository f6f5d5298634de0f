package dev.penstock.server;

import static dev.penstock.server.LookupGateway.ENTRIES;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// `penstock apply` of files with routes and rollouts, against a running server.
@Timeout(600)
@SuppressWarnings("NullAway.Init")
class ApplyRolloutsTest {
    private static final String ROUTE = """
            routes:
              - name: lookup
                default: { arm: stable, target: lookup@1 }
            """;

    private static final String ROLLOUT = """
            rollouts:
              - route: lookup
                candidate: lookup@2
                settle: 100ms
                minRequests: 50
                metrics: [ { type: errors } ]
                steps: [ { weight: 50%, minDuration: 200ms, require: proven } ]
            """;

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

    private String apply(int code, String file, String... flags) throws Exception {
        Files.writeString(folder.resolve("wanted.yaml"), file);
        String[] all = new String[flags.length + 3];
        all[0] = "apply";
        all[1] = "-f";
        all[2] = "wanted.yaml";
        System.arraycopy(flags, 0, all, 3, flags.length);
        assertThat(server.run(all)).as(server.printed).isEqualTo(code);
        return server.printed;
    }

    private JsonNode rollouts() throws Exception {
        return server.admin("GET", "/api/v1/rollouts", "").path("rollouts");
    }

    private String only() throws Exception {
        assertThat(rollouts()).hasSize(1);
        return rollouts().path(0).path("id").asString();
    }

    @Test
    void whatIsThereIsLeftAloneAlsoWhileItRunsAndAfterwards() throws Exception {
        String file = ROUTE + ROLLOUT;
        assertThat(apply(1, file, "--diff"))
                .startsWith("--- rollout of route lookup (not there)\n+++ rollout of route lookup (in the files)\n")
                .contains("+route: lookup\n", "+control: stable\n", "+  require: proven\n")
                .doesNotContain("route lookup (now)");
        assertThat(apply(0, file, "--dry-run"))
                .isEqualTo("route lookup unchanged (dry run)\nrollout of route lookup started (dry run)\n");
        assertThat(rollouts()).isEmpty();

        String applied = apply(0, file);
        String id = only();
        assertThat(applied).isEqualTo("route lookup unchanged\nrollout of route lookup started: " + id + "\n");
        var _ = server.awaitPhase(id, "analyse");
        assertThat(apply(0, file)).isEqualTo("route lookup unchanged\nrollout of route lookup unchanged\n");
        assertThat(apply(0, file, "--diff")).isEmpty();
        assertThat(server.route().path("candidates").path(0).path("weight").asString())
                .isEqualTo("50%");
        var _ = server.act(id, "abort");
        var _ = server.awaitPhase(id, "rolled-back");
        assertThat(apply(0, ROLLOUT)).isEqualTo("rollout of route lookup unchanged\n");
        assertThat(only()).as("it is not begun again").isEqualTo(id);
    }

    /// As a job does that applies the same files with each change of anything.
    @Test
    void aFileOfBeforeDoesNotUndoAPromotion() throws Exception {
        String file = ROUTE + ROLLOUT;
        assertThat(apply(0, file)).contains("rollout of route lookup started: lookup-2-");
        String id = only();
        var _ = server.awaitPhase(id, "analyse");
        var _ = server.act(id, "promote");
        var _ = server.awaitPhase(id, "completed");

        String refusal =
                "default: 'lookup@1' would undo the promotion of lookup@2 by rollout '%s' (expected: lookup@2 in the file"
                        .formatted(id);
        assertThat(apply(ExitCode.FAILED, file, "--dry-run")).contains("route lookup: it would be refused: " + refusal);
        assertThat(apply(2, file, "--diff")).contains(refusal);
        assertThat(apply(ExitCode.FAILED, file)).contains("route lookup: " + refusal, "nothing is changed");
        assertThat(server.route().path("default").path("target").asString()).isEqualTo("lookup@2");
        assertThat(apply(0, file.replace("target: lookup@1", "target: lookup@2")))
                .startsWith("route lookup ");
        assertThat(apply(0, ROUTE.replace("lookup@1", "lookup@3")))
                .as("forwards")
                .isEqualTo("route lookup changed\n");
        assertThat(apply(0, ROUTE.replace("lookup@1", "lookup@2"))).isEqualTo("route lookup changed\n");

        assertThat(apply(0, ROUTE, "--undo-promotions")).isEqualTo("route lookup changed\n");
        assertThat(server.route().path("default").path("target").asString()).isEqualTo("lookup@1");
    }

    @Test
    void whatARolloutRunsOnIsNotChangedAndThatIsSaid() throws Exception {
        assertThat(apply(0, ROLLOUT)).startsWith("rollout of route lookup started: lookup-2-");
        String id = only();
        var _ = server.awaitPhase(id, "analyse");

        String other = ROUTE.replace("lookup@1", "lookup@3");
        assertThat(apply(ExitCode.FAILED, other)).contains("route lookup: ", "rollout '" + id + "' runs on it");
        assertThat(apply(2, other, "--diff")).contains("rollout '" + id + "' runs on it");
        assertThat(apply(ExitCode.FAILED, ROUTE + "    salt: other\n")).contains("rollout '" + id + "' runs on it");
        String newer = ROLLOUT.replace("lookup@2", "lookup@3");
        assertThat(apply(ExitCode.FAILED, newer))
                .contains("rollout of route lookup: ", "rollout '" + id + "' is under way (expected: none;");
        assertThat(apply(0, ROUTE + "    overrides: [ { when: [ { header: x-me, equals: a } ], arm: stable } ]\n"))
                .isEqualTo("route lookup changed\n");

        assertThat(server.route().path("candidates").path(0).path("weight").asString())
                .isEqualTo("50%");
        assertThat(server.rollout(id).path("status").path("phase").asString()).isEqualTo("analyse");
    }

    @Test
    void anOlderOneInAFileIsNotBegunAgain() throws Exception {
        assertThat(apply(0, ROLLOUT)).startsWith("rollout of route lookup started: lookup-2-");
        String first = only();
        var _ = server.awaitPhase(first, "analyse");
        String newer = ROLLOUT.replace("lookup@2", "lookup@3");
        assertThat(apply(ExitCode.FAILED, newer, "--dry-run"))
                .contains("it would be refused: ", "rollout '" + first + "' is under way");
        assertThat(apply(2, newer, "--diff")).contains("it would be refused: ");
        var _ = server.act(first, "abort");
        var _ = server.awaitPhase(first, "rolled-back");
        assertThat(apply(0, newer)).startsWith("rollout of route lookup started: lookup-3-");
        assertThat(rollouts()).hasSize(2);

        assertThat(apply(0, ROLLOUT)).isEqualTo("rollout of route lookup unchanged\n");
        assertThat(rollouts()).hasSize(2);
    }

    @Test
    void aFileWithAMistakeChangesNothing() throws Exception {
        String changed = ROUTE.replace("lookup@1", "lookup@3");
        assertThat(apply(ExitCode.USAGE, changed + ROLLOUT.replace("minRequests", "minRequest")))
                .contains(": rollouts[0].minRequest is unknown", "did you mean minRequests?");
        assertThat(apply(ExitCode.USAGE, changed + ROLLOUT.replace("weight: 50%", "weight: 50")))
                .contains(": rollouts[0].steps[0].weight: '50' (expected: a share");
        assertThat(apply(ExitCode.USAGE, changed + ROLLOUT.replace("candidate: lookup@2", "candidate: lookup")))
                .contains(": rollouts[0].candidate: 'lookup'");
        assertThat(apply(ExitCode.USAGE, changed + ROLLOUT + ROLLOUT.replace("rollouts:\n", "")))
                .contains(
                        "wanted.yaml:11:5: rollouts[1]: route 'lookup' is there twice (expected: once; the other one is at");

        assertThat(server.route().path("default").path("target").asString()).isEqualTo("lookup@1");
        assertThat(rollouts()).isEmpty();
    }

    @Test
    void aNewRouteAndItsRolloutAreSeenBefore() throws Exception {
        String file = (ROUTE + ROLLOUT).replace("name: lookup", "name: front").replace("route: lookup", "route: front");
        assertThat(apply(0, file, "--dry-run"))
                .isEqualTo("route front created (dry run)\nrollout of route front started (dry run)\n");
        assertThat(apply(1, file, "--diff"))
                .contains("+++ route front (in the files)", "+++ rollout of route front (in the files)");
        assertThat(rollouts()).isEmpty();

        assertThat(apply(0, file)).startsWith("route front created\nrollout of route front started: ");
        var _ = server.awaitPhase(only(), "analyse");
        assertThat(apply(0, file)).isEqualTo("route front unchanged\nrollout of route front unchanged\n");
    }
}
