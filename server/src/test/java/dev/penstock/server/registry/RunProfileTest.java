package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ModelLoadException;
import dev.penstock.proto.inference.ModelConfig;
import dev.penstock.proto.inference.ModelParameter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunProfileTest {
    private final List<String> warnings = new ArrayList<>();

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, -, 1",
                "throughput, -, 1",
                "throughput, 1, 1",
                "latency, -, 8",
                "latency, 4, 4",
                "-, 4, 4",
                "-, 0, 1"
            })
    void theProfileAndTheCountSayHowManyThreadsShareARun(String profile, String count, int threads) {
        assertThat(RunProfile.threadsPerRun(config(profile, count), 8, warnings))
                .isEqualTo(threads);
        assertThat(warnings).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"latency, 9, 8", "-, 9999, 8", "latency, 1, 1"})
    void whatHasNoEffectIsToldAsAWarning(String profile, String count, int threads) {
        assertThat(RunProfile.threadsPerRun(config(profile, count), 8, warnings))
                .isEqualTo(threads);
        assertThat(warnings).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"fast, -", "latency, -2", "latency, many", "-, 10000", "throughput, 2"})
    void whatCannotBeIsRefused(String profile, String count) {
        assertThatThrownBy(() -> RunProfile.threadsPerRun(config(profile, count), 8, warnings))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContaining("(expected: ");
    }

    @Test
    void oneProcessorHasNoLatencyProfile() {
        assertThat(RunProfile.threadsPerRun(config("latency", null), 1, warnings))
                .isOne();
        assertThat(warnings)
                .containsExactly("config.pbtxt: parameter 'profile': latency has no effect with one thread");
    }

    private static ModelConfig config(@Nullable String profile, @Nullable String count) {
        ModelConfig.Builder config = ModelConfig.newBuilder();
        if (profile != null) {
            config.putParameters("profile", value(profile));
        }
        if (count != null) {
            config.putParameters("intra_op_thread_count", value(count));
        }
        return config.build();
    }

    private static ModelParameter value(String text) {
        return ModelParameter.newBuilder().setStringValue(text).build();
    }
}
