package dev.penstock.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.scenario.Overrides;
import dev.penstock.loadtest.scenario.Scenario;
import dev.penstock.loadtest.stub.OipServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// The whole command against the stub server, over sockets. A slow machine may make the client late, so runs
/// whose numbers are not asked for may end as valid or not. What all protocols have in common is in
/// [ProtocolsTest].
class LoadtestTest extends LoadtestTests {
    @Test
    void wrongAnswersAreErrorsAndBreakAnSlo() throws IOException {
        try (OipServer server = new OipServer()) {
            Path data = folder.resolve("data.json");
            Files.writeString(
                    data,
                    "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [1, 4], \"data\": [1, 2, 3, 4]}]}");
            Path expected = folder.resolve("expected.json");
            Files.writeString(
                    expected,
                    "{\"outputs\": [{\"name\": \"y\", \"datatype\": \"FP32\", \"shape\": [1, 1], \"data\": [11]}]}");

            Run run = run(
                    "-m",
                    "sum",
                    "-u",
                    server.grpcUrl(),
                    "--data",
                    data.toString(),
                    "--expected",
                    expected.toString(),
                    "-c",
                    "1",
                    "--requests",
                    "2000",
                    "--warm-up",
                    "0s",
                    "--slo-p99",
                    "1m");

            assertThat(result().stages().getFirst().errors()).containsEntry("WRONG_ANSWER", 2000L);
            assertThat(result().stages().getFirst().succeeded()).isZero();
            assertThat(run.exitCode()).as(run.err()).isIn(ExitCode.REFUSED, ExitCode.INVALID);
        }
    }

    @Test
    void aSearchEndsWithARecommendation() throws IOException {
        try (OipServer server = new OipServer()) {
            Run run = run(
                    "-m",
                    "sum",
                    "-u",
                    server.grpcUrl(),
                    "--warm-up",
                    "0s",
                    "--duration",
                    "200ms",
                    "--slo-p99",
                    "1m",
                    "--search",
                    "--search-from",
                    "50",
                    "--search-to",
                    "100");

            assertThat(run.err()).contains("50/s: p99 ").contains("kept");
            assertThat(result().findings())
                    .anyMatch(line -> line.contains("The highest rate that keeps p99 <= 60.0 s")
                            && line.contains("is 100/s")
                            && line.contains("it was the highest that was tried"))
                    .anyMatch(line -> line.startsWith("Recommendation: plan for at most 80")
                            || line.startsWith("Not to be relied on: the client could not keep up"));
        }
    }

    @Test
    void aBrokenSloIsExitCodeOne() {
        try (OipServer server = new OipServer()) {
            Run run = run(
                    "-m",
                    "sum",
                    "-u",
                    server.grpcUrl(),
                    "-c",
                    "1",
                    "--requests",
                    "50",
                    "--warm-up",
                    "0s",
                    "--slo-p99",
                    "1us");

            assertThat(run.exitCode()).as(run.err()).isIn(ExitCode.REFUSED, ExitCode.INVALID);
        }
    }

    @Test
    void aServerWhoseSettingsCannotBeChangedSaysSo() {
        try (OipServer server = new OipServer()) {
            Run run = run("-m", "sum", "-u", server.grpcUrl(), "-c", "1", "--sweep", "max-batch-size=4,8");

            assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
            assertThat(run.err()).contains("the server does not let settings be changed", "UNIMPLEMENTED");
        }
    }

    @Test
    void nobodyThereIsExitCodeThree() {
        Run run = run("-m", "sum", "-u", "grpc://127.0.0.1:1");

        assertThat(run.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(run.err()).containsOnlyOnce("Is the server running there?");
    }

    @Test
    void mistakesAreExitCodeTwo() {
        assertThat(run("-m", "sum", "--timeout", "soon").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run("-m", "sum", "--timeout", "soon").err()).contains("--timeout: \"soon\" (expected: a time");
        assertThat(run().err()).contains("mix: missing (expected: --model NAME");
        assertThat(run(folder.resolve("no.yaml").toString()).err()).contains("no.yaml: cannot be read");
    }

    @Test
    void whatTheEngineCannotDoIsExitCodeTwo() {
        try (OipServer server = new OipServer()) {
            Run tooMany = run("-m", "sum", "-u", server.grpcUrl(), "--rate", "10", "--in-flight", "2000000");

            assertThat(tooMany.exitCode()).as(tooMany.err()).isEqualTo(ExitCode.USAGE);
            assertThat(tooMany.err())
                    .contains("10/s: connections * streams * inFlight: 2000000 (expected: <= 1048576)");
        }
    }

    @Test
    void aSignalWaitsForWindowsAndAnswersAndForSettingsToBePutBack() {
        String plain = "mix: {model: m}\nwindow: 2m\ntimeout: 3m\n";

        Scenario scenario = Scenario.read(plain, folder, new Overrides());
        Scenario sweep = Scenario.read(plain + "sweep: {instances: [1]}", folder, new Overrides());

        assertThat(LoadtestCommand.patience(scenario)).isGreaterThan(Duration.ofMinutes(5));
        assertThat(LoadtestCommand.patience(sweep).minus(LoadtestCommand.patience(scenario)))
                .isGreaterThanOrEqualTo(Duration.ofMinutes(6));
    }

    @Test
    void resultsThatCannotBeWrittenAreNoSuccess() throws IOException {
        Files.writeString(folder.resolve("out"), "a file where the folder is to be");
        try (OipServer server = new OipServer()) {
            Run run = run("-m", "sum", "-u", server.grpcUrl(), "-c", "1", "--requests", "20", "--warm-up", "0s");

            assertThat(run.err()).contains("cannot be written");
            assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        }
    }

    @Test
    void aLastLoadThatCannotBeIsRefusedBeforeTheFirstIsMeasured() {
        try (OipServer server = new OipServer()) {
            Run run = run("-m", "sum", "-u", server.grpcUrl(), "--connections", "4", "-c", "4,8,6");

            assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.USAGE);
            assertThat(run.err())
                    .contains("connections: 4 (expected: a divisor of concurrency 6)")
                    .doesNotContain("closed loop");
        }
    }

    @Test
    void theScenarioIsShownWithAllDefaults() {
        Run run = run("-m", "sum", "--rate", "100..300 step 100", "--show-scenario");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("target: grpc://localhost:8001", "rate: 300", "warm-up: 2s");
    }
}
