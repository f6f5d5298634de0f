package dev.penstock.server;

import static dev.penstock.server.LookupGateway.ENTRIES;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `penstock rollout` against a running server: what a person reads, and what a script.
@Timeout(600)
@SuppressWarnings("NullAway.Init")
class RolloutCommandsTest {
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

    private String done(String... words) {
        return ended(ExitCode.OK, words);
    }

    private String ended(int code, String... words) {
        String[] all = new String[words.length + 1];
        all[0] = "rollout";
        System.arraycopy(words, 0, all, 1, words.length);
        assertThat(server.run(all)).as(server.printed).isEqualTo(code);
        return server.printed;
    }

    private String begun() {
        String said = done(
                "start",
                "lookup",
                "--candidate",
                "lookup@2",
                "--settle",
                "100ms",
                "--min-requests",
                "50",
                "--step",
                "50%:200ms");
        return said.substring(said.lastIndexOf(' ') + 1).strip();
    }

    @Test
    void stepsThatWaitForApprovalAreSaidByAWord() {
        String dry = done(
                "start",
                "lookup",
                "--candidate",
                "lookup@2",
                "--step",
                "5%:approve",
                "--step",
                "50%:30m:approve",
                "--dry-run");

        assertThat(dry)
                .containsPattern("1 +5% +- +10m +- +notWorse, approval\n")
                .containsPattern("2 +50% +- +30m +- +proven, approval\n");
    }

    @Test
    void aPersonStartsPausesResumesPromotesAndWatches() throws Exception {
        assertThat(done()).isEqualTo("no rollouts\n");
        String dry = done("start", "lookup", "--candidate", "lookup@2", "--dry-run");
        assertThat(dry)
                .startsWith("dry run, nothing is started: a rollout of lookup@2 on route lookup (canary) in 6 steps\n")
                .contains("stable  lookup@1", "canary  lookup@2")
                .doesNotContain("watch it");
        assertThat(done("list")).isEqualTo("no rollouts\n");

        String id = begun();
        assertThat(id).startsWith("lookup-2-");
        var _ = server.awaitPhase(id, "analyse");
        assertThat(done("status", id))
                .startsWith("rollout " + id + " of lookup (canary)\nanalyse, step 1 of 1\n")
                .contains("waits for", "requests to canary: 0 of 50", "errors of canary: not enough data")
                .contains(
                        "stable  lookup@1  50.0%", "canary  lookup@2  50.0%", "errors            canary  insufficient");
        assertThat(done("pause", id, "--reason", "lunch")).contains("\npaused, step 1 of 1\n  manual: lunch\n");
        assertThat(ended(ExitCode.FAILED, "pause", id))
                .contains("pause: the rollout is paused (expected: one that is not; resume lets it go on)");
        assertThat(done("status", id)).containsPattern("the last event is ([0-9]+): resume --seen \\1 stops again");
        assertThat(ended(ExitCode.FAILED, "resume", id, "--seen", "99"))
                .contains("seen: 99 (expected: the number of an event, 0 to ");
        assertThat(done("resume", id, "--seen", "3"))
                .contains("\nanalyse, step 1 of 1\n  manual\n", "\nnothing was confirmed\n");
        assertThat(ended(ExitCode.FAILED, "resume", id)).contains("(expected: one that is paused or held)");
        assertThat(ended(ExitCode.FAILED, "skip", id))
                .contains("skip: the rollout is in its last step", "promote makes the candidate the default");
        assertThat(ended(ExitCode.FAILED, "skip", id, "--seen", "1"))
                .contains("skip: more happened to the rollout than was seen: its last event is ", "(expected: 1; look");
        assertThat(ended(ExitCode.FAILED, "skip", id, "--seen", "99"))
                .contains("seen: 99 (expected: the number of an event, 0 to ");
        assertThat(ended(ExitCode.USAGE, "skip", id, "--arm", "canary")).contains("unknown option --arm");
        assertThat(done("promote", id, "--reason", "seen enough"))
                .contains(
                        "\npromoting, step 1 of 1\n",
                        "\npromoted without proof of: errors (insufficient), latency-p50 (insufficient)");
        assertThat(done("watch", id)).contains(" paused ", "manual: lunch", "manual: seen enough", " completed ");
        assertThat(ended(ExitCode.FAILED, "abort", id)).contains("(expected: one that is not over)");
        assertThat(done("list")).contains(id, "lookup@2", "completed", "manual: seen enough");
        assertThat(done("list", "--route", "lookup", "--limit", "1")).contains(id);
        assertThat(done("list", "--route", "another")).isEqualTo("no rollouts\n");
        assertThat(server.versions(20)).containsOnlyKeys("2");
    }

    @Test
    void whoWatchesOneThatIsTakenBackIsToldByTheExitCode() throws Exception {
        String id = begun();
        var _ = server.awaitPhase(id, "analyse");
        assertThat(done("abort", id, "--reason", "wrong version")).contains("rolling-back");

        assertThat(ended(ExitCode.MODEL_FAILED, "watch", id))
                .contains("rolling-back   manual: wrong version", " rolled-back ")
                .startsWith("  1  2");
        assertThat(ended(ExitCode.MODEL_FAILED, "watch", id, "--json")).contains("\"kind\":\"rolled-back\"");
        assertThat(done("events", id)).contains("started", "settled", "rolled-back");
        assertThat(server.versions(20)).containsOnlyKeys("1");
        assertThat(done("delete", id, "--reason", "a trial")).isEqualTo("rollout " + id + " deleted\n");
        assertThat(ended(ExitCode.FAILED, "delete", id)).contains("rollout '" + id + "' is not there");
        assertThat(done("list")).isEqualTo("no rollouts\n");
    }

    @Test
    void whatIsWrongIsSaidWithWhatToDo() {
        assertThat(ended(ExitCode.USAGE, "start")).contains("ROUTE");
        assertThat(ended(ExitCode.USAGE, "start", "lookup")).contains("--candidate");
        assertThat(ended(ExitCode.FAILED, "start", "lookup", "--candidate", "lookup"))
                .contains("'lookup' (expected: a model and the number of a version, such as fraud@8)");
        assertThat(ended(ExitCode.FAILED, "start", "lookup", "--candidate", "lookup@9"))
                .contains("lookup@9 is not there; 'lookup' has versions [1, 2]");
        assertThat(ended(ExitCode.FAILED, "start", "lookup", "--candidate", "lookup@2", "--strategy", "canari"))
                .contains("'canari'", "canary", "blueGreen");
        assertThat(ended(ExitCode.FAILED, "start", "lookup", "--candidate", "lookup@2", "--step", "50"))
                .contains("steps[0].weight: '50' (expected: a share");
        assertThat(ended(ExitCode.FAILED, "status", "nobody"))
                .contains("rollout 'nobody' is not there (under way: none)");
        assertThat(ended(ExitCode.FAILED, "watch", "nobody")).contains("rollout 'nobody' is not there");
        assertThat(ended(ExitCode.FAILED, "events", "nobody")).contains("rollout 'nobody' is not there");
        String id = begun();
        assertThat(ended(ExitCode.FAILED, "start", "lookup", "--candidate", "lookup@2"))
                .contains("rollout '" + id + "' is under way (expected: none; abort it, or wait until it is over)");
        assertThat(ended(ExitCode.FAILED, "start", "lookup", "--candidate", "lookup@2", "--dry-run"))
                .contains("it would be refused: ", "rollout '" + id + "' is under way");
        assertThat(ended(ExitCode.FAILED, "delete", id)).contains("(expected: one that is over; abort it first)");
        assertThat(ended(ExitCode.FAILED, "abort", "nobody")).contains("(under way: " + id + ")");
    }

    /// Of copies there is nothing else to judge, also where quality is judged besides.
    @Test
    void copiesAreJudgedWhateverElseIs() {
        String said = done(
                "start",
                "lookup",
                "--candidate",
                "lookup@2",
                "--strategy",
                "shadow",
                "--quality",
                "2%",
                "--dry-run",
                "--json");
        assertThat(said).contains("\"type\":\"disagreement\",\"max\":0.02", "\"type\":\"quality\"");
    }
}
