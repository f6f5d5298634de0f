package dev.penstock.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.rest.AdminServer;
import dev.penstock.server.store.VersionRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Each command against a running admin API.
class ModelCommandsTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path folder = Path.of("");

    private @Nullable AdminServer running;
    private @Nullable Terminal terminal;

    private AdminServer server() {
        AdminServer present = running;
        if (present == null) {
            present = new AdminServer(folder.resolve("data"));
            running = present;
        }
        return present;
    }

    @AfterEach
    void stop() {
        server().close();
    }

    private int run(String... args) {
        out.reset();
        err.reset();
        List<String> words = new ArrayList<>(List.of("models", "--admin", server().url()));
        words.addAll(List.of(args));
        Surroundings surroundings = new Surroundings(
                Map.of(), folder, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), terminal);
        return new Cli(surroundings, new RecordingProgram()).run(words.toArray(String[]::new));
    }

    private String out() {
        return out.toString(UTF_8);
    }

    private String err() {
        return err.toString(UTF_8);
    }

    private void assertDone(String... args) {
        assertThat(run(args)).as(err()).isZero();
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(folder.resolve(name), content);
    }

    private void register(int versions) throws IOException {
        for (int version = 1; version <= versions; version++) {
            write("digits.onnx", "model " + version);
            assertDone("register", "digits", "--file", "digits.onnx");
        }
    }

    @Test
    void aFileIsRegisteredWithAllThatIsSaidOfIt() throws IOException {
        write("digits.onnx", "a model");
        write("config.pbtxt", "max_batch_size: 8");

        assertDone(
                "register",
                "digits",
                "--file=digits.onnx",
                "--version=4",
                "--alias=stable",
                "--alias=canary",
                "--label=team=vision",
                "--metric=accuracy=0.5",
                "--git-commit=abc",
                "--data-version=d1",
                "--training-run=r2",
                "--author=ann",
                "--config=config.pbtxt",
                "--policy=all");

        assertThat(out()).isEqualTo("""
                registered digits version 4 (7 B, sha256 d6b2d2b6b2cb) serving
                  author: ann
                  data version: d1
                  git commit: abc
                  training run: r2
                  accuracy: 0.5
                  team: vision
                  GATE   RESULT  DETAIL
                  start  passed  its first bytes
                """.replace("d6b2d2b6b2cb", digest(4).substring(0, 12)));
        assertThat(err()).isEqualTo("""
                uploading 7 B
                registered
                loading: 1 files
                ready
                """);
        assertThat(server().admin().registered("digits").config()).isEqualTo("max_batch_size: 8");
        assertThat(server().admin().registered("digits").aliases()).containsOnlyKeys("stable", "canary");
    }

    private String digest(long version) {
        VersionRecord recorded =
                server().admin().registered("digits").versions().get(version);
        assertThat(recorded).isNotNull();
        return recorded.digest();
    }

    @Test
    void aFolderIsRegisteredWithAllItsFilesButHiddenOnes() throws IOException {
        Files.createDirectories(folder.resolve("version/data"));
        write("version/model.onnx", "a model");
        write("version/data/weights.bin", "w".repeat(100_000));
        write("version/.DS_Store", "x");

        assertDone("register", "digits", "--file", "version", "--json");

        JsonNode registration = JsonMapper.shared().readTree(out());
        assertThat(registration.path("files").get(0).path("path").asString("")).isEqualTo("data/weights.bin");
        assertThat(registration.path("files").get(1).path("path").asString("")).isEqualTo("model.onnx");
        assertThat(registration.path("files")).hasSize(2);
    }

    @Test
    void aUriIsFetchedByTheServer() throws IOException {
        write("digits.onnx", "a model");

        assertDone("register", "digits", "--uri", folder.resolve("digits.onnx").toString());

        assertThat(out()).startsWith("registered digits version 1 (7 B, sha256 ");
        assertDone("show", "digits");
        assertThat(out()).contains(folder.resolve("digits.onnx").toString());
    }

    @Test
    void theSameBytesAgainAreFineAndOthersAreNot() throws IOException {
        register(1);
        assertDone("register", "digits", "--file", "digits.onnx", "--version", "1");
        assertThat(out()).startsWith("there already: digits version 1 ");

        write("digits.onnx", "other");
        assertThat(run("register", "digits", "--file", "digits.onnx", "--version", "1"))
                .isEqualTo(ExitCode.FAILED);
        assertThat(err()).contains("version 1 of digits has other bytes");
    }

    @Test
    void aGateThatRefusesHasAnExitCodeOfItsOwn() throws IOException {
        write("digits.onnx", "refuse this");

        assertThat(run("register", "digits", "--file", "digits.onnx", "--dry-run"))
                .isEqualTo(ExitCode.MODEL_FAILED);

        assertThat(out()).isEmpty();
        assertThat(err()).endsWith("""
                it begins badly
                  GATE   RESULT  DETAIL
                  start  failed  its first bytes
                """);
    }

    @Test
    void aDryRunSaysSo() throws IOException {
        write("digits.onnx", "a model");

        assertDone("register", "digits", "--file", "digits.onnx", "--dry-run");

        assertThat(out()).startsWith("dry run, nothing registered: digits version 1 (7 B, sha256 ");
        assertThat(server().admin().registered()).isEmpty();
    }

    @Test
    void aPersonSeesABar() throws IOException {
        terminal = question -> "";
        write("digits.onnx", "a model");

        assertDone("register", "digits", "--file", "digits.onnx");

        assertThat(err())
                .contains("\ruploading [##############################] 100 % of 7 B")
                .endsWith("\r");
    }

    @Test
    void wrongUseIsToldBeforeAnythingIsSent() throws IOException {
        write("digits.onnx", "a model");

        assertThat(run("register", "digits")).isEqualTo(ExitCode.USAGE);
        assertThat(err()).contains("--file", "--uri");
        assertThat(run("register", "digits", "--file", "nowhere")).isEqualTo(ExitCode.USAGE);
        assertThat(err()).contains("--file: 'nowhere' (expected: a file or folder that exists)");
        assertThat(run("register", "a/b", "--file", "digits.onnx")).isEqualTo(ExitCode.USAGE);
        assertThat(err()).contains("NAME: 'a/b'");
        assertThat(run("register", "digits", "--file", "digits.onnx", "--uri", "x"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(run("regsiter")).isEqualTo(ExitCode.USAGE);
        assertThat(err()).contains("unknown command regsiter; did you mean register?");
        assertThat(run("promote", "digits", "two")).isEqualTo(ExitCode.USAGE);
        assertThat(run("register", "digits", "--file", "digits.onnx", "--metric", "a=b"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(server().admin().registered()).isEmpty();
    }

    @Test
    void everyCommandTeachesWithAnExample() {
        for (ModelCommand command : ModelCommand.all()) {
            String name = new CommandLine(command).getCommandName();
            assertDone(name, "--help");
            assertThat(out())
                    .contains("Usage: penstock models " + name, "Example", "penstock models " + name, "--json");
        }
        assertDone("--help");
        assertThat(out()).contains("register", "promote", "rollback", "A day with a model:");
    }

    @Test
    void anAliasIsPromotedAndRolledBack() throws IOException {
        register(2);

        assertDone("promote", "digits", "1");
        assertThat(out()).isEqualTo("digits@stable -> version 1 (before: none)\n");
        assertDone("promote", "digits", "2");
        assertThat(out()).isEqualTo("digits@stable -> version 2 (before: 1)\n");
        assertDone("rollback", "digits");
        assertThat(out()).isEqualTo("digits@stable -> version 1 (before: 2)\n");
        assertThat(run("rollback", "digits", "--alias", "canary")).isEqualTo(ExitCode.FAILED);
        assertThat(err()).isEqualTo("'digits' has no alias 'canary'\n");
        assertDone("promote", "digits", "2", "--alias", "canary", "--json");
        assertThat(JsonMapper.shared().readTree(out()).path("version").asInt()).isEqualTo(2);
    }

    @Test
    void anAliasThatIsNotYetEffectiveSaysWhoAnswers() throws IOException {
        register(2);
        assertDone("promote", "digits", "1");
        assertDone("unload", "digits", "2");
        assertThat(out()).isEqualTo("digits version 2 is out of service\n");

        assertDone("promote", "digits", "2");
        assertThat(out()).isEqualTo("digits@stable -> version 2 (before: 1); not ready yet, version 1 answers\n");
        assertDone("load", "digits", "2");
        assertThat(out()).isEqualTo("digits version 2 is wanted again\n");
    }

    @Test
    void modelsAreListedAndShown() throws IOException {
        assertDone("list");
        assertThat(out()).isEqualTo("no models\n");
        register(1);
        assertDone("promote", "digits", "1");

        assertDone("list");
        assertThat(out()).contains("digits  1        READY  cpu");
        String listed = out();
        assertDone();
        assertThat(out()).isEqualTo(listed);
        assertDone("show", "digits");
        assertThat(out()).isEqualTo("""
                digits  policy: latest 2

                ALIAS   VERSION  ANSWERS  PREVIOUS  MOVED                BY
                stable  1        1        -         2026-11-21 10:20:30  local

                VERSION  STATE  SHA256        SIZE  MEMORY            REGISTERED           BY     SOURCE  REASON
                1        READY  %s  7 B   3.0 MB on demand  2026-11-21 10:20:30  local  upload

                version 1
                  GATE   RESULT  DETAIL
                  start  passed  its first bytes
                """.formatted(digest(1).substring(0, 12)));
        assertThat(run("show", "other")).isEqualTo(ExitCode.FAILED);
        assertThat(err()).contains("'other' is not found");
    }

    @Test
    void thePolicyIsSet() throws IOException {
        register(1);

        assertDone("policy", "digits", "latest", "3");
        assertThat(out()).isEqualTo("digits: latest 3\n");
        assertThat(run("policy", "digits", "some")).isEqualTo(ExitCode.FAILED);
        assertThat(err()).contains("policy: 'some'");
    }

    @Test
    void verifyFailsIfAFileIsNotAsRecorded() throws IOException {
        register(2);
        assertDone("verify", "digits", "1");
        assertThat(out()).isEqualTo("digits version 1: as recorded\n");

        Files.delete(server().files().file(digest(2)));
        assertThat(run("verify", "digits")).isEqualTo(ExitCode.FAILED);
        assertThat(out()).isEqualTo("""
                digits version 1: as recorded
                digits version 2: not as recorded
                  model.onnx is missing
                """);
        assertThat(run("verify", "digits", "--json")).isEqualTo(ExitCode.FAILED);
        JsonNode versions = JsonMapper.shared().readTree(out()).path("versions");
        assertThat(versions.get(0).path("problems")).isEmpty();
        assertThat(versions.get(1).path("problems").get(0).asString("")).isEqualTo("model.onnx is missing");
    }

    @Test
    void aPersonIsAskedBeforeSomethingIsDeleted() throws IOException {
        register(2);
        List<String> questions = new ArrayList<>();
        terminal = question -> {
            questions.add(question);
            return questions.size() == 1 ? "n" : "y";
        };

        assertThat(run("delete", "digits", "1")).isEqualTo(ExitCode.FAILED);
        assertThat(err()).isEqualTo("nothing was deleted\n");
        assertDone("delete", "digits", "1");
        assertThat(out()).isEqualTo("digits version 1 is deleted\n");
        assertDone("delete", "digits", "--yes");
        assertThat(questions).containsExactly("delete digits version 1? [y/N] ", "delete digits version 1? [y/N] ");
        assertThat(server().admin().registered()).isEmpty();
    }

    @Test
    void theHistorySaysWhoDidWhat() throws IOException {
        assertDone("history");
        assertThat(out()).isEqualTo("nothing happened yet\n");
        register(2);

        assertDone("history", "digits", "--limit", "1");
        assertThat(out()).isEqualTo("""
                ID  WHEN                 WHO    MODEL   ACTION    DETAIL
                2   2026-11-21 10:20:30  local  digits  register  revision 2
                """);
        assertDone("history", "--before", "2", "--json");
        assertThat(JsonMapper.shared().readTree(out()).path("entries")).hasSize(1);
    }

    @Test
    void aServerThatDoesNotAnswerIsNamed() {
        String gone = server().url();
        server().close();

        assertThat(run("show", "digits", "--admin", gone + "/")).isEqualTo(ExitCode.FAILED);
        assertThat(err()).contains("no answer from " + gone, "--admin URL");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://localhost", "localhost:8003", "http:/x"})
    void whatIsNoAddressIsAWrongCommandLine(String admin) {
        assertThat(run("show", "digits", "--admin", admin)).isEqualTo(ExitCode.USAGE);
        assertThat(err()).contains("--admin: '" + admin + "' (expected: an address such as http://localhost:8003)");
    }
}
