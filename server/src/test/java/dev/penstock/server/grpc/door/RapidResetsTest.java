package dev.penstock.server.grpc.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.InferenceRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RapidResetsTest {
    private static final long MILLIS = 1_000_000;

    /// Close to where nanoseconds turn negative.
    private static final long OPENED = Long.MAX_VALUE - 20 * MILLIS;

    @ParameterizedTest
    @CsvSource({"0, true", "99, true", "100, false", "60000, false"})
    void withoutADeadlineItIsRapidForAMoment(long millis, boolean rapid) {
        assertThat(RapidResets.isRapid(OPENED, InferenceRequest.NO_DEADLINE, OPENED + millis * MILLIS))
                .isEqualTo(rapid);
    }

    @ParameterizedTest
    @CsvSource({"40, 0, true", "40, 29, true", "40, 30, false", "40, 41, false", "1000, 99, true", "1000, 100, false"})
    void itIsNotRapidWhenTheDeadlineIsNear(long deadlineMillis, long millis, boolean rapid) {
        assertThat(RapidResets.isRapid(OPENED, OPENED + deadlineMillis * MILLIS, OPENED + millis * MILLIS))
                .isEqualTo(rapid);
    }

    @Test
    void aDeadlineThatNobodyMeansExcusesNothing() {
        assertThat(RapidResets.isRapid(OPENED, OPENED + 1, OPENED + 7 * MILLIS)).isTrue();
        assertThat(RapidResets.isRapid(OPENED, OPENED + 1, OPENED + 8 * MILLIS)).isFalse();
    }
}
