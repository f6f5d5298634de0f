package dev.penstock.server.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ModelLoadException;
import dev.penstock.proto.inference.ModelConfig;
import dev.penstock.proto.inference.ModelParameter;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GateSettingsTest {
    @Test
    void withoutParametersNothingIsAsked() {
        assertThat(settings()).isEqualTo(GateSettings.NONE);
        assertThat(settings("profile", "latency")).isEqualTo(GateSettings.NONE);
    }

    @Test
    void allThatCanBeAskedIsRead() {
        GateSettings settings = settings(
                "gate.golden", "required",
                "gate.latency-p99", "20ms",
                "gate.latency-rows", "8",
                "gate.latency-runs", "500",
                "gate.max-file-bytes", "200MiB",
                "gate.max-memory", "1GiB",
                "gate.memory-factor", "1.25",
                "gate.batching", "required",
                "gate.webhook", "https://ci.example.com/gate?token=x",
                "gate.webhook-timeout", "30s",
                "gate.webhook-optional", "true");

        assertThat(settings)
                .isEqualTo(new GateSettings(
                        true,
                        new GateSettings.Latency(Duration.ofMillis(20), 8, 500),
                        new GateSettings.Size(200L << 20, 1L << 30, 1.25),
                        true,
                        new GateSettings.Webhook(
                                URI.create("https://ci.example.com/gate?token=x"), Duration.ofSeconds(30), true)));
    }

    @Test
    void whatIsLeftOutIsUsual() {
        assertThat(settings("gate.latency-p99", "5ms").latency())
                .isEqualTo(new GateSettings.Latency(Duration.ofMillis(5), 1, 200));
        assertThat(settings("gate.webhook", "http://localhost:99").webhook())
                .isEqualTo(new GateSettings.Webhook(URI.create("http://localhost:99"), Duration.ofSeconds(10), false));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            gate.golden             | yes           | 'yes' (expected: if-present or required)
            gate.batching           | on            | 'on' (expected: any or required)
            gate.latency-p99        | 20            | '20' (expected: a duration of more than 0 and at most 60 s, e.g. 20ms)
            gate.latency-p99        | 0ms           | '0ms' (expected: a duration of more than 0 and at most 60 s, e.g. 20ms)
            gate.latency-p99        | 2m            | '2m' (expected: a duration of more than 0 and at most 60 s, e.g. 20ms)
            gate.max-file-bytes     | 0             | '0' (expected: a size of at least 1 byte, e.g. 200MiB)
            gate.max-memory         | lots          | 'lots' (expected: a size of at least 1 byte, e.g. 200MiB)
            gate.memory-factor      | 0.5           | '0.5' (expected: a number from 1.0 to 100.0)
            gate.memory-factor      | NaN           | 'NaN' (expected: a number from 1.0 to 100.0)
            gate.webhook            | ftp://a/b     | '…' (expected: an http or https URL with a host and without a user, e.g. https://ci.example.com/gate)
            gate.webhook            | https://u@a/b | '…' (expected: an http or https URL with a host and without a user, e.g. https://ci.example.com/gate)
            gate.webhook            | /gate         | '…' (expected: an http or https URL with a host and without a user, e.g. https://ci.example.com/gate)
            """)
    void whatCannotBeFollowedIsRefused(String name, String value, String message) {
        assertThatThrownBy(() -> settings(name, value))
                .isInstanceOf(ModelLoadException.class)
                .hasMessage("parameter '%s': string_value %s", name, message);
    }

    @ParameterizedTest
    @CsvSource({"gate.latency-rows, 0", "gate.latency-rows, 65537", "gate.latency-runs, 19", "gate.latency-runs, -1"})
    void countsHaveLimits(String name, String value) {
        assertThatThrownBy(() -> settings("gate.latency-p99", "1ms", name, value))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageStartingWith("parameter '%s': string_value '%s' (expected: an integer from", name, value);
    }

    @Test
    void aGateThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> settings("gate.latncy-p99", "1ms"))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageStartingWith("parameter 'gate.latncy-p99' is unknown (expected: one of [gate.batching, ");
    }

    @Test
    void whatHasNoEffectIsRefused() {
        assertThatThrownBy(() -> settings("gate.latency-rows", "4"))
                .isInstanceOf(ModelLoadException.class)
                .hasMessage("parameter 'gate.latency-rows' has no effect without 'gate.latency-p99' "
                        + "(expected: both or neither)");
        assertThatThrownBy(() -> settings("gate.webhook-optional", "true")).isInstanceOf(ModelLoadException.class);
    }

    static GateSettings settings(String... namesAndValues) {
        ModelConfig.Builder config = ModelConfig.newBuilder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            config.putParameters(
                    namesAndValues[i],
                    ModelParameter.newBuilder()
                            .setStringValue(namesAndValues[i + 1])
                            .build());
        }
        return GateSettings.of(config.build());
    }
}
