package dev.penstock.server.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReservedParametersTest {
    @Test
    void aTimeoutIsInMicrosecondsAsANumberOrInDigits() {
        assertThat(ReservedParameters.timeoutNanos(2500)).isEqualTo(2_500_000);
        assertThat(ReservedParameters.timeoutNanos("2500")).isEqualTo(2_500_000);
        assertThat(ReservedParameters.timeoutNanos(0)).isZero();
        assertThat(ReservedParameters.timeoutNanos(Long.MAX_VALUE)).isEqualTo(ReservedParameters.LONGEST_TIMEOUT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "soon", "", "1.5"})
    void whatIsNoTimeoutIsRefused(String micros) {
        assertThatThrownBy(() -> ReservedParameters.timeoutNanos(micros))
                .hasMessageContaining(micros)
                .hasMessageContaining("(expected: microseconds, a whole number >= 0)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"classification", "shared_memory_region", "shared_memory_offset"})
    void whatAsksForMoreThanThereIsIsRefused(String name) {
        assertThatThrownBy(() -> ReservedParameters.check(name, "input 'x'"))
                .hasMessage("parameter '" + name + "' of input 'x' is not supported");
    }

    @Test
    void theCallersOwnParametersAndEmptySequencesAreNoTrouble() {
        assertThatCode(() -> {
                    ReservedParameters.check("temperature", "the request");
                    ReservedParameters.checkSequence(0);
                    ReservedParameters.checkSequence("");
                })
                .doesNotThrowAnyException();
    }
}
