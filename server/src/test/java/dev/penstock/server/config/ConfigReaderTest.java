package dev.penstock.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.penstock.core.Device;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigReaderTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void theDefaultsMakeAServerOnTheUsualPortsWithAPrivateAdmin() {
        ServerConfig config = ConfigReader.read(List.of(), Map.of(), null).server();

        assertThat(config.name()).isEqualTo("penstock");
        assertThat(config.ports().http().endpoint()).hasToString("0.0.0.0:8000");
        assertThat(config.ports().http().maxBodyBytes()).isEqualTo(64 << 20);
        assertThat(config.ports().grpc().endpoint()).hasToString("0.0.0.0:8001");
        assertThat(config.ports().metrics().endpoint()).hasToString("0.0.0.0:8002");
        assertThat(config.ports().admin()).hasToString("127.0.0.1:8003");
        assertThat(config.models().strictReadiness()).isTrue();
        assertThat(config.models().defaultDevice()).isEqualTo(Device.CPU);
        assertThat(config.work().queue()).isEqualTo(new ServerConfig.Queue(1000, 64 << 20));
        assertThat(config.shutdown())
                .isEqualTo(new ServerConfig.Shutdown(Duration.ofSeconds(5), Duration.ofSeconds(30)));
        assertThat(config.work().threads().workersOn(6)).isEqualTo(6);
        assertThat(config.work().threads().inlineBudget()).isEqualTo(Duration.of(50, ChronoUnit.MICROS));
    }

    @Test
    void eachDoorTakesHalfTheProcessorsAndAtMostFourUnlessItIsTold() {
        ServerConfig.Threads chosen = new ServerConfig.Threads(0, 0, Duration.ZERO);

        assertThat(chosen.ioOn(1)).isEqualTo(1);
        assertThat(chosen.ioOn(6)).isEqualTo(3);
        assertThat(chosen.ioOn(64)).isEqualTo(4);
        assertThat(new ServerConfig.Threads(0, 9, Duration.ZERO).ioOn(64)).isEqualTo(9);
    }

    @Test
    void aFlagBeatsTheEnvironmentWhichBeatsTheFileWhichBeatsTheDefault() {
        Path file =
                yaml("http.port: 1\ngrpc.port: 1\nmetrics.port: 1\n", "http.host: a\ngrpc.host: b\nmetrics.host: c");
        Map<String, String> environment = Map.of("PENSTOCK_HTTP_PORT", "2", "PENSTOCK_GRPC_PORT", "2");

        EffectiveConfig config = ConfigReader.read(List.of(flag("http.port", "3")), environment, file);

        assertThat(config.setting(DoorKeys.HTTP_PORT))
                .extracting(Setting::text, setting -> setting.origin().toString())
                .containsExactly("3", "--http-port");
        assertThat(config.setting(DoorKeys.GRPC_PORT))
                .extracting(Setting::text, setting -> setting.origin().toString())
                .containsExactly("2", "PENSTOCK_GRPC_PORT");
        assertThat(config.setting(DoorKeys.METRICS_PORT))
                .extracting(Setting::text, setting -> setting.origin().toString())
                .containsExactly("1", file + ":3");
        assertThat(config.setting(DoorKeys.ADMIN_PORT))
                .extracting(Setting::text, setting -> setting.origin().toString())
                .containsExactly("8003", "default");
    }

    @Test
    void aListIsReplacedAsAWhole() {
        Path file = yaml("model-repository:\n  - one\n  - two\n");

        ServerConfig config = ConfigReader.read(List.of(), Map.of("PENSTOCK_MODEL_REPOSITORY", "three, four"), file)
                .server();

        assertThat(config.models().repositories()).containsExactly(Path.of("three"), Path.of("four"));
    }

    @Test
    void anUnknownKeyInTheFileIsAnErrorWithItsLineAndAGuess() {
        Path file = yaml("http:\n  prot: 8000\n", "tensorboard: true\n");

        assertProblems(
                file,
                Map.of(),
                file + ":2: unknown key http.prot; did you mean http.port?",
                file + ":3: unknown key tensorboard");
    }

    @Test
    void aGroupThatIsGivenAValueIsExplained() {
        Path file = yaml("shutdown: 5s\n");

        assertProblems(
                file,
                Map.of(),
                file + ":1: unknown key shutdown; it is a group: shutdown.drain-delay, shutdown.drain-timeout");
    }

    @Test
    void anUnknownVariableIsAnErrorWithAGuess() {
        assertProblems(
                null,
                Map.of("PENSTOCK_HTTP_PROT", "8000"),
                "unknown environment variable PENSTOCK_HTTP_PROT; did you mean PENSTOCK_HTTP_PORT?");
    }

    @Test
    void variablesOfTheLauncherAndOfOthersAreLeftAlone() {
        Map<String, String> environment = Map.of("PENSTOCK_HOME", "/opt/penstock", "HTTP_PORT", "x", "PATH", "/bin");

        assertThat(ConfigReader.read(List.of(), environment, null).settings())
                .allMatch(setting -> setting.origin().equals(Origin.DEFAULT));
    }

    @Test
    void variablesThatKubernetesMakesForAServiceOfOurNameAreLeftAlone() {
        Map<String, String> environment = Map.of(
                "PENSTOCK_SERVICE_HOST", "10.0.0.7",
                "PENSTOCK_SERVICE_PORT", "8000",
                "PENSTOCK_SERVICE_PORT_HTTP", "8000",
                "PENSTOCK_PORT", "tcp://10.0.0.7:8000",
                "PENSTOCK_PORT_8000_TCP", "tcp://10.0.0.7:8000",
                "PENSTOCK_PORT_8000_TCP_PROTO", "tcp",
                "PENSTOCK_PORT_8000_TCP_ADDR", "10.0.0.7",
                // Of a service called penstock-http: its name is that of one of our keys.
                "PENSTOCK_HTTP_PORT", "tcp://10.0.0.8:80");

        assertThat(ConfigReader.read(List.of(), environment, null).settings())
                .allMatch(setting -> setting.origin().equals(Origin.DEFAULT));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            http.port              | 65536   | an integer from 0 to 65535
            http.port              | -1      | an integer from 0 to 65535
            http.port              | 99999999999999999999 | an integer from 0 to 65535
            http.host              | http:// | a host name or an address
            http.max-body-bytes    | 64 pounds | a size from 1024 to 1073741824 bytes, e.g. 64MiB, 64MB or 67108864
            http.max-body-bytes    | 2GiB    | a size from 1024 to 1073741824 bytes, e.g. 64MiB, 64MB or 67108864
            shutdown.drain-delay   | 5       | a duration of at most a day, e.g. 500ms, 5s, 2m or PT5S
            shutdown.drain-delay   | PT-1S   | a duration of at most a day, e.g. 500ms, 5s, 2m or PT5S
            shutdown.drain-timeout | 25h     | a duration of at most a day, e.g. 500ms, 5s, 2m or PT5S
            strict-readiness       | yes     | true or false
            model-control-mode     | often   | none or poll or explicit
            default-device         | gpu     | cpu, cuda or cuda:N
            queue.max-requests     | 0       | an integer from 1 to 10000000
            log.level              | loud    | error or warning or info or debug or trace
            server.name            | ' '     | a text that is not empty
            load-models            | a/b     | a list, each the name of a model, or *
            """)
    void aWrongValueNamesKeyValueExpectationAndSource(String key, String value, String expected) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> ConfigReader.read(List.of(flag(key, value)), Map.of(), null))
                .satisfies(e -> assertThat(e.problems())
                        .containsExactly("%s: '%s' (expected: %s), from --%s"
                                .formatted(key, value, expected, key.replace('.', '-'))));
    }

    @ParameterizedTest
    @CsvSource({"1024,1024", "64MiB,67108864", "64MB,64000000", "1 GiB,1073741824", "5kB,5000", "12KiB,12288"})
    void sizesAreReadWithDecimalAndBinaryUnits(String text, int bytes) {
        ServerConfig config = ConfigReader.read(List.of(flag("http.max-body-bytes", text)), Map.of(), null)
                .server();

        assertThat(config.ports().http().maxBodyBytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"500ms,PT0.5S", "5s,PT5S", "2m,PT2M", "1h,PT1H", "PT1.5S,PT1.5S", "0s,PT0S"})
    void durationsAreReadWithShortAndIsoUnits(String text, Duration span) {
        ServerConfig config = ConfigReader.read(List.of(flag("shutdown.drain-delay", text)), Map.of(), null)
                .server();

        assertThat(config.shutdown().drainDelay()).isEqualTo(span);
    }

    @Test
    void everyProblemOfEverySourceIsToldAtOnce() {
        Path file = yaml("workers: many\n", "wrokers: 2\n");

        assertProblems(
                file,
                Map.of("PENSTOCK_WROKERS", "2"),
                file + ":2: unknown key wrokers; did you mean workers?",
                "unknown environment variable PENSTOCK_WROKERS; did you mean PENSTOCK_WORKERS?",
                "workers: 'many' (expected: an integer from 0 to 1024), from " + file + ":1");
    }

    @Test
    void brokenYamlIsToldWithItsLine() {
        Path file = yaml("http:\n  port: 1\n bad\n");

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> ConfigReader.read(List.of(), Map.of(), file))
                .satisfies(e -> assertThat(e.problems())
                        .singleElement()
                        .asString()
                        .matches(Pattern.quote(file.toString()) + ":[34]: not YAML: .+"));
    }

    @Test
    void yamlThatIsNotAMapOfPlainValuesIsRefused() {
        Path list = yaml("- http.port\n");
        assertProblems(list, Map.of(), list + ":1: expected keys and values, e.g. http.port: 8000");

        Path two = yaml("workers: 1\n---\nworkers: 2\n");
        assertProblems(two, Map.of(), two + ":3: expected the end: there may be only one document");

        Path shapes = yaml("http.port: [1]\nworkers: 1\nworkers: 2\nio-threads:\nload-models: [{a: 1}]\n");
        assertProblems(
                shapes,
                Map.of(),
                shapes + ":1: http.port is a list (expected: an integer from 0 to 65535)",
                shapes + ":3: workers is given twice, first in line 2",
                shapes + ":4: io-threads has no value",
                shapes + ":5: load-models has a list item that is not a plain value");
    }

    @Test
    void anEmptyFileSetsNothingAndAMissingOneIsAnError() {
        Path empty = yaml("# nothing yet\n");
        Path missing = folder.resolve("none.yaml");

        assertThat(ConfigReader.read(List.of(), Map.of(), empty).settings())
                .allMatch(setting -> setting.origin().equals(Origin.DEFAULT));
        assertProblems(missing, Map.of(), "cannot read the configuration file " + missing + ": no such file");
    }

    @Test
    void settingsThatContradictEachOtherAreRefused() {
        assertProblems(
                null,
                Map.of("PENSTOCK_LOAD_MODELS", "digits"),
                "load-models: digits (expected: none, unless model-control-mode is explicit)");
        assertProblems(
                null, Map.of("PENSTOCK_ADMIN_PORT", "8000"), "admin.port: 8000 (expected: not the same as http.port)");
        assertThat(ConfigReader.read(List.of(), Map.of("PENSTOCK_HTTP_PORT", "0", "PENSTOCK_GRPC_PORT", "0"), null))
                .as("two ports that the system chooses")
                .isNotNull();
    }

    private Path yaml(String... parts) {
        try {
            return Files.writeString(folder.resolve("penstock.yaml"), String.join("", parts));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Assignment flag(String key, String value) {
        return Assignment.of(key, value, new Origin(Origin.Source.FLAG, "--" + key.replace('.', '-')));
    }

    @Test
    void hostsThatMayBeAskedArePatterns() {
        for (String key : List.of("rollouts", "alerts", "sources")) {
            assertProblems(
                    null,
                    Map.of("PENSTOCK_%s_ALLOWED_HOSTS".formatted(key.toUpperCase(Locale.ROOT)), "good:80,http://x"),
                    "%s.allowed-hosts: 'good:80,http://x' (expected: a list, each host, host:port or *.suffix), from PENSTOCK_%s_ALLOWED_HOSTS"
                            .formatted(key, key.toUpperCase(Locale.ROOT)));
        }
    }

    private static void assertProblems(@Nullable Path file, Map<String, String> environment, String... problems) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> ConfigReader.read(List.of(), environment, file))
                .satisfies(e -> assertThat(e.problems()).containsExactly(problems));
    }
}
