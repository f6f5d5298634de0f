package dev.penstock.server;

import static dev.penstock.server.LookupGateway.ENTRIES;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A step that ends by a person's word, as files ask for it and commands give it.
@Timeout(600)
@SuppressWarnings("NullAway.Init")
class RolloutApprovalTest {
    private static final String FILE = """
            rollouts:
              - route: lookup
                candidate: lookup@2
                settle: 100ms
                minRequests: 1
                metrics: [ { type: errors } ]
                steps: [ { weight: 50%, minDuration: 200ms, require: none, approve: true } ]
            """;

    @TempDir
    private Path folder;

    private LookupGateway server;

    @BeforeEach
    void start() throws Exception {
        server = new LookupGateway(folder, ENTRIES, ENTRIES);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String said(int code, String... words) {
        assertThat(server.run(words)).as(server.printed).isEqualTo(code);
        return server.printed;
    }

    private String begun() throws Exception {
        Files.writeString(folder.resolve("wanted.yaml"), FILE);
        assertThat(said(1, "apply", "-f", "wanted.yaml", "--diff")).contains("+  approve: true\n");
        var _ = said(0, "apply", "-f", "wanted.yaml");
        JsonNode all = server.admin("GET", "/api/v1/rollouts", "").path("rollouts");
        assertThat(all).hasSize(1);
        return all.path(0).path("id").asString();
    }

    private JsonNode asked(String id) throws Exception {
        var _ = server.awaitPhase(id, "analyse");
        assertThat(server.ask(60)).isTrue();
        return server.awaitPhase(id, "paused");
    }

    @Test
    void itIsAskedForOverARestartGivenAndTold() throws Throwable {
        String id = begun();
        var _ = asked(id);
        server.restart(() -> {});
        JsonNode status = server.admin("GET", "/api/v1/rollouts/" + id, "").path("status");
        assertThat(status.path("phase").asString()).isEqualTo("paused");
        assertThat(status.path("awaitsApproval").asBoolean()).isTrue();
        long seen = status.path("lastEvent").asLong();
        assertThat(said(0, "rollout", "status", id))
                .contains(
                        "\n  approval: step 1 of 1 has what it needs\n",
                        "\n  waits for approval of step 1 of 1 by a person",
                        "\n  to approve: penstock rollout approve %s --seen %d\n".formatted(id, seen))
                .doesNotContain("resume --seen");
        assertThat(said(0, "apply", "-f", "wanted.yaml")).contains("rollout of route lookup unchanged");
        assertThat(said(ExitCode.FAILED, "rollout", "resume", id)).contains("waits for approval of step 1");
        assertThat(said(ExitCode.FAILED, "rollout", "approve", id, "--seen", "1"))
                .contains("approve: more happened to the rollout than was seen");

        assertThat(said(0, "rollout", "approve", id, "--seen", Long.toString(seen), "--reason", "seen by ana"))
                .contains("approval: seen by ana");
        assertThat(server.ask(60)).isTrue();
        var _ = server.awaitPhase(id, "completed");

        assertThat(said(0, "rollout", "events", id)).containsPattern("approved +analyse +approval: seen by ana");
        assertThat(server.admin("GET", "/api/v1/audit?limit=50", "").toString()).contains("rollout approved");
        assertThat(said(ExitCode.FAILED, "rollout", "approve", id)).contains("(expected: one that is not over)");
    }

    @Test
    void whoWatchesIsToldWhatToType() throws Exception {
        String id = begun();
        var _ = asked(id);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream both = new PrintStream(out, true, UTF_8);
        Cli cli = new Cli(new Surroundings(Map.of(), folder, both, both, null), new RecordingProgram());
        CompletableFuture<Integer> watched =
                CompletableFuture.supplyAsync(() -> cli.run("rollout", "watch", id, "--admin", server.url()));
        while (!out.toString(UTF_8).contains("to approve: penstock rollout approve " + id + " --seen ")) {
            assertThat(watched).as(out.toString(UTF_8)).isNotDone();
            LockSupport.parkNanos(20_000_000);
        }

        var _ = server.act(id, "abort");
        assertThat(watched.join()).isEqualTo(ExitCode.MODEL_FAILED);
    }
}
