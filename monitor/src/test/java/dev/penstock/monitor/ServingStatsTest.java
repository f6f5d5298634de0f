package dev.penstock.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import org.junit.jupiter.api.Test;

class ServingStatsTest {
    private static final ModelKey KEY = new ModelKey("m", 1);

    private final ServingStats stats = new ServingStats();

    @Test
    void successesCountRowsAndTime() {
        stats.finished(KEY, null, 5, 10_000, 20_000);

        assertThat(stats.versions().get(KEY)).satisfies(version -> {
            assertThat(version.successes()).isEqualTo(1);
            assertThat(version.rows()).isEqualTo(5);
            assertThat(version.total().snapshot().sumNanos()).isEqualTo(30_000);
            assertThat(version.queue().snapshot().sumNanos()).isEqualTo(10_000);
            assertThat(version.run().snapshot().sumNanos()).isEqualTo(20_000);
        });
    }

    @Test
    void failuresCountByReasonAndLeaveTheLatenciesAlone() {
        stats.finished(KEY, ErrorCode.OVERLOADED, 0, 10_000, 0);

        assertThat(stats.versions().get(KEY)).satisfies(version -> {
            assertThat(version.failures(ErrorCode.OVERLOADED)).isEqualTo(1);
            assertThat(version.successes()).isZero();
            assertThat(version.total().snapshot().sumNanos()).isZero();
        });
    }

    @Test
    void requestsThatNobodyAnsweredMakeNoKey() {
        stats.finished(null, ErrorCode.NOT_FOUND, 0, 1, 0);

        assertThat(stats.versions()).isEmpty();
        assertThat(stats.unresolved().failures(ErrorCode.NOT_FOUND)).isEqualTo(1);
    }
}
