package dev.penstock.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.result.Steadiness.Settling;
import dev.penstock.loadtest.stub.OipServer;
import dev.penstock.loadtest.stub.StubServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What the command says, and what it keeps to itself, against the stub server.
class LoadtestHonestyTest extends LoadtestTests {
    @Test
    void aLoadThatDoesNotComeToRestInTimeIsToldAndDoubtful() throws IOException {
        try (OipServer server = new OipServer()) {
            // Shorter than the three windows that have to be alike.
            Run run = run(
                    "-m",
                    "sum",
                    "-u",
                    server.grpcUrl(),
                    "-c",
                    "1",
                    "--requests",
                    "20",
                    "--warm-up",
                    "0s",
                    "--until-steady",
                    "200ms");

            assertThat(run.exitCode()).as(run.err()).isIn(ExitCode.OK, ExitCode.INVALID);
            assertThat(result().stages().getFirst().steadiness().settling()).isEqualTo(Settling.TIMED_OUT);
            assertThat(run.err()).contains("measuring, though it did NOT come to rest in time");
            assertThat(run.out()).contains("Doubtful, concurrency 1: it had not come to rest");
        }
    }

    @Test
    void aServerThatSaysNoToEverythingIsQuotedAndNotMeasured() {
        try (StubServer server = new StubServer()) {
            server.complaint = "sex: one of M and F";

            Run run = run("-m", "digits", "-u", server.url(), "--length", "3");

            assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.REFUSED);
            assertThat(run.err())
                    .contains("says no to a request of 'digits', sent before the load: INVALID_ARGUMENT: sex: one of M"
                            + " and F (expected: values that the model takes; --shape,")
                    .doesNotContain("closed loop");
            assertThat(folder.resolve("out")).doesNotExist();
        }
    }

    @Test
    void aServerThatIsBusyIsMeasuredAllTheSame() throws IOException {
        try (StubServer server = new StubServer()) {
            server.busy = true;

            Run run = run(
                    "-m",
                    "digits",
                    "-u",
                    server.url(),
                    "--length",
                    "3",
                    "-c",
                    "1",
                    "--requests",
                    "20",
                    "--warm-up",
                    "0s");

            assertThat(run.err())
                    .contains("has too much to do for a request of 'digits'", "RESOURCE_EXHAUSTED: the queue is full");
            assertThat(result().stages().getFirst().errors()).isEqualTo(Map.of("RESOURCE_EXHAUSTED", 20L));
        }
    }

    @Test
    void aReplayHasNoWarmUpAndSaysSo() throws IOException {
        Path arrivals = Files.writeString(folder.resolve("arrivals"), "0\n0.01\n0.02\n");
        try (OipServer server = new OipServer()) {
            Run run = run("-m", "sum", "-u", server.grpcUrl(), "--replay", arrivals.toString(), "--warm-up", "3s");

            assertThat(run.err()).contains("measuring").doesNotContain("warming up");
            assertThat(result().stages().getFirst().load()).endsWith(", without warm-up");
        }
    }

    @Test
    void tokensAreInNoFile() throws IOException {
        try (OipServer server = new OipServer()) {
            Run run = run(
                    "-m",
                    "sum",
                    "-u",
                    server.grpcUrl(),
                    "-c",
                    "1",
                    "--requests",
                    "20",
                    "--warm-up",
                    "0s",
                    "--header",
                    "authorization=Bearer s3cret");

            assertThat(run.out() + run.err()).doesNotContain("s3cret");
            try (Stream<Path> files = Files.list(folder.resolve("out"))) {
                for (Path file : files.toList()) {
                    assertThat(file).content().doesNotContain("s3cret");
                }
            }
            assertThat(result().command()).contains("authorization=***");
        }
    }
}
