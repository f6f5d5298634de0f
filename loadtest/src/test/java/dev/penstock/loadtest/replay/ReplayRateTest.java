package dev.penstock.loadtest.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.penstock.loadtest.input.InputError;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayRateTest {
    private static final Instant FIRST = Instant.parse("2026-01-31T12:00:00Z");

    @Test
    void aRateIsSteady() {
        ReplayRate.Times times = ReplayRate.parse("200/s").start();

        assertThat(times.dueNanos(0, FIRST)).isZero();
        assertThat(times.dueNanos(3, FIRST.plusSeconds(100))).isEqualTo(15_000_000);
    }

    @Test
    void theOriginalOneIsAsRequestsArrived() {
        ReplayRate.Times times = ReplayRate.parse("original").start();

        assertThat(times.dueNanos(0, FIRST)).isZero();
        assertThat(times.dueNanos(1, FIRST.plusMillis(20))).isEqualTo(20_000_000);
        assertThat(times.dueNanos(2, FIRST.minusMillis(1))).isZero();
    }

    @Test
    void theMostWaitsForNothing() {
        assertThat(ReplayRate.parse("max").start().dueNanos(7, FIRST.plusSeconds(1)))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1/s", "fast", "10/m"})
    void whatIsNoRateIsRefusedByName(String text) {
        assertThatExceptionOfType(InputError.class)
                .isThrownBy(() -> ReplayRate.parse(text))
                .withMessageContaining("'" + text + "'");
    }
}
