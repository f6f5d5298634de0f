package dev.penstock.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CliTest {
    private static final String MODELS = """
            {"models": [
              {"name": "digits", "warnings": ["unknown field 'x'"], "versions": [
                {"version": 1, "state": "UNAVAILABLE", "reason": "not a model", "device": "cpu",
                 "inputs": [], "outputs": []},
                {"version": 2, "state": "READY", "reason": "", "device": "cpu", "max_batch_size": 0,
                 "inputs": [{"name": "image", "datatype": "FP32", "shape": [-1, 64]}],
                 "outputs": [{"name": "label", "datatype": "INT64", "shape": [-1]},
                             {"name": "p", "datatype": "FP32", "shape": [-1, 10]}]}]},
              {"name": "broken", "reason": "no version", "warnings": [], "versions": []}]}
            """;

    private final RecordingProgram program = new RecordingProgram();
    private final Map<String, String> environment = new HashMap<>(Map.of("PENSTOCK_COMMAND", "./penstock"));
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path folder = Path.of("");

    @Test
    void serveRunsTheProgramWithTheSettingsOfItsFlags() throws IOException {
        Files.createDirectory(folder.resolve("models"));

        int code = run("serve", "--model-store", "models", "--http-port=0", "--exit-on-error", "--exit-timeout-secs=7");

        assertThat(code).isZero();
        assertThat(program.served).singleElement().satisfies(config -> {
            assertThat(config.models().repositories()).containsExactly(Path.of("models"));
            assertThat(config.models().exitOnError()).isTrue();
            assertThat(config.ports().http().endpoint().port()).isZero();
            assertThat(config.shutdown().drainTimeout()).hasSeconds(7);
        });
        assertThat(text(out)).contains("REST     http://0.0.0.0:0", "admin    http://127.0.0.1:8003");
    }

    @Test
    void theFlagOfATruthValueTakesItsValueEitherWay() throws IOException {
        Files.createDirectory(folder.resolve("models"));

        run("serve", "--model-repository=models", "--strict-readiness", "false", "--exit-on-error", "--http-port=1");
        run("serve", "--model-repository=models", "--strict-readiness=false");

        assertThat(program.served)
                .hasSize(2)
                .allMatch(config -> !config.models().strictReadiness());
    }

    @Test
    void aFlagIsForgottenByTheNextRun() throws IOException {
        Files.createDirectory(folder.resolve("models"));
        Cli cli = new Cli(surroundings(), program);

        cli.run("serve", "--model-repository=models", "--load-model=a", "--model-control-mode=explicit");
        cli.run("serve", "--model-repository=models");

        assertThat(program.served.getLast().models().load()).isEmpty();
    }

    @Test
    void serveWithoutAModelRepositoryIsWrongUse() {
        assertThat(run("serve")).isEqualTo(ExitCode.USAGE);
        assertThat(text(err)).startsWith("penstock serve: no model repository (expected: --model-repository DIR,");
    }

    @Test
    void serveRefusesAFolderThatIsNotThere() {
        assertThat(run("serve", "--model-repository", "nowhere")).isEqualTo(ExitCode.USAGE);
        assertThat(text(err))
                .contains("model-repository: 'nowhere' (expected: a folder that exists), from --model-repository");
    }

    @Test
    void aPortThatIsTakenIsToldWithTheFlagThatChangesIt() throws IOException {
        Files.createDirectory(folder.resolve("models"));
        program.portTaken = true;

        assertThat(run("serve", "--model-repository", "models")).isEqualTo(ExitCode.CANNOT_BIND);
        assertThat(text(err))
                .contains("cannot listen on 0.0.0.0:8000 (http.port): Address already in use")
                .contains("--http-port");
    }

    @Test
    void aMistypedFlagOrCommandIsAnsweredWithAGuess() {
        assertThat(run("serve", "--http-prot=1")).isEqualTo(ExitCode.USAGE);
        assertThat(run("serv")).isEqualTo(ExitCode.USAGE);
        assertThat(run()).isEqualTo(ExitCode.USAGE);

        assertThat(text(err).lines())
                .containsExactly(
                        "penstock serve: unknown option --http-prot; did you mean --http-port?",
                        "see: ./penstock serve --help",
                        "penstock: unknown command serv; did you mean serve?",
                        "see: ./penstock --help",
                        "penstock: a command is missing",
                        "see: ./penstock --help");
    }

    @Test
    void everyCommandHasHelp() {
        for (String command : new String[] {"serve", "demo", "check", "models", "config", "health"}) {
            assertThat(run(command, "--help")).as(command).isZero();
            assertThat(text(out)).contains("Usage: penstock " + command);
        }
        assertThat(text(err)).isEmpty();
    }

    @Test
    void theVersionIsThatOfTheBuild() {
        assertThat(run("--version")).isZero();
        assertThat(text(out)).matches("penstock \\d+\\.\\d+\\.\\d+\\S* \\(Java 25.*\\)\\R");
    }

    @Test
    void theDemoServesTheExamplesAndShowsHowToAskThem() throws IOException {
        Files.createDirectories(folder.resolve("my home/examples/models"));
        environment.put("PENSTOCK_HOME", "my home");

        assertThat(run("demo", "--http-port", "9000")).isZero();

        assertThat(program.served)
                .singleElement()
                .satisfies(config -> assertThat(config.models().repositories())
                        .containsExactly(folder.resolve("my home/examples/models")));
        assertThat(text(out))
                .contains("curl -d @'my home/examples/requests/digits.json' -H 'Content-Type: application/json'"
                        + " http://localhost:9000/v2/models/digits/infer")
                .contains("$(cat 'my home/examples/requests/digits.bin.header-length')")
                .contains("./penstock infer digits --json 'my home/examples/requests/digits.json'\n");
    }

    @Test
    void theDemoSaysWhatItMissesWhenThereAreNoExamples() {
        assertThat(run("demo")).isEqualTo(ExitCode.USAGE);
        assertThat(text(err)).contains("PENSTOCK_HOME is not set");
    }

    @Test
    void theFileOfTheWorkingFolderIsReadUnlessAnotherIsNamed() throws IOException {
        Files.writeString(folder.resolve("penstock.yaml"), "http.port: 1\n");
        Files.writeString(folder.resolve("other.yaml"), "http.port: 2\n");
        Files.writeString(folder.resolve("third.yaml"), "http.port: 3\n");

        run("config");
        environment.put("PENSTOCK_CONFIG", "third.yaml");
        run("config");
        run("config", "--config", "other.yaml");

        assertThat(text(out).lines().filter(line -> line.startsWith("http.port")))
                .satisfiesExactly(
                        line -> assertThat(line).matches("http.port +1 +.*penstock.yaml:1"),
                        line -> assertThat(line).matches("http.port +3 +.*third.yaml:1"),
                        line -> assertThat(line).matches("http.port +2 +.*other.yaml:1"));
    }

    @Test
    void theConfigurationIsPrintedAsJsonToo() {
        environment.put("PENSTOCK_WORKERS", "3");

        assertThat(run("config", "--format", "json")).isZero();

        assertThat(text(out).replaceAll("\\s+", " "))
                .contains("\"key\" : \"workers\", \"value\" : 3, \"source\" : \"environment\","
                        + " \"where\" : \"PENSTOCK_WORKERS\"");
    }

    @Test
    void checkFailsIfAFindingIsAnError() {
        program.findings.add(new Finding("digits/1", Finding.Severity.OK, "image FP32[-1,64]"));
        assertThat(run("check", folder.toString())).isZero();

        program.findings.add(new Finding("iris/1", Finding.Severity.ERROR, "the file is empty"));
        assertThat(run("check", folder.toString())).isEqualTo(ExitCode.MODEL_FAILED);

        assertThat(text(out)).endsWith("""
                MODEL     RESULT  WHY
                digits/1  ok      image FP32[-1,64]
                iris/1    error   the file is empty
                """);
        assertThat(run("check", folder.toString(), "--default-device", "gpu")).isEqualTo(ExitCode.USAGE);
        assertThat(text(err)).contains("device: gpu (expected: cpu, cuda or cuda:N)");
    }

    @Test
    void modelsListsWhatTheAdminApiSays() throws IOException {
        try (Answering server = Answering.with("/api/v1/models", 200, MODELS)) {
            assertThat(run("models", "--admin", server.url() + "/")).isZero();
        }

        assertThat(text(out)).isEqualTo("""
                        MODEL   VERSION  STATE        DEVICE  INPUTS             OUTPUTS                         REASON
                        digits  1        UNAVAILABLE  cpu     -                  -                               not a model
                        digits  2        READY        cpu     image FP32[-1,64]  label INT64[-1], p FP32[-1,10]
                        broken  -        UNAVAILABLE  -       -                  -                               no version
                        warning: digits: unknown field 'x'
                        """);
    }

    @Test
    void modelsFailsWithAHintIfNothingAnswersOrSomethingElseDoes() throws IOException {
        String gone;
        try (Answering server = Answering.with("/api/v1/models", 200, "<html>")) {
            gone = server.url();
            assertThat(run("models", "--admin", gone)).isEqualTo(ExitCode.FAILED);
            assertThat(text(err)).contains("is not a Penstock admin API");
        }

        for (List<String> command : List.of(List.of("models"), List.of("quality", "iris"), List.of("drift", "iris"))) {
            err.reset();
            assertThat(run(Stream.concat(command.stream(), Stream.of("--admin", gone))
                            .toArray(String[]::new)))
                    .isEqualTo(ExitCode.FAILED);
            assertThat(text(err)).contains("no answer from " + gone + ": nobody listens there", "--admin URL");
        }
    }

    @Test
    void modelsSaysSoIfItAskedAnotherPortOfAServer() throws IOException {
        try (Answering server = Answering.with("/api/v1/models", 404, "{\"error\":\"Not Found\"}")) {
            assertThat(run("models", "--admin", server.url())).isEqualTo(ExitCode.FAILED);
        }

        assertThat(text(err))
                .isEqualTo("Not Found: the admin API has a port of its own"
                        + " (8003, unless admin.port says otherwise)" + System.lineSeparator());
    }

    @Test
    void whoAsksForANameIsToldFromTheServer() throws IOException {
        try (Answering server = Answering.with("/api/v1/models", 401, "<html>")) {
            assertThat(run("models", "--admin", server.url())).isEqualTo(ExitCode.FAILED);
        }

        assertThat(text(err)).contains("401: what is before the server asks who we are");
    }

    @Test
    void healthTellsWhetherTheServerIsReady() throws IOException {
        try (Answering server = Answering.with("/v2/health/ready", 200, "")) {
            environment.put("PENSTOCK_HTTP_PORT", String.valueOf(server.port()));
            assertThat(run("health")).isZero();
        }
        assertThat(run("health")).isEqualTo(ExitCode.FAILED);
        try (Answering server = Answering.with("/v2/health/ready", 503, "")) {
            assertThat(run("health", "--http-port", String.valueOf(server.port())))
                    .isEqualTo(ExitCode.FAILED);
            assertThat(text(out)).endsWith("/v2/health/ready answered 503\n");
        }
    }

    private int run(String... args) {
        return new Cli(surroundings(), program).run(args);
    }

    private Surroundings surroundings() {
        return new Surroundings(
                environment, folder, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(UTF_8);
    }

    /// A server on a free port that knows one path.
    private record Answering(HttpServer server) implements AutoCloseable {
        static Answering with(String path, int status, String body) throws IOException {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext(path, exchange -> {
                byte[] bytes = body.getBytes(UTF_8);
                exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
                exchange.getResponseBody().write(bytes);
                exchange.close();
            });
            server.start();
            return new Answering(server);
        }

        int port() {
            return server.getAddress().getPort();
        }

        String url() {
            return "http://localhost:" + port();
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
