package dev.penstock.server.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CrowdingTest {
    private static final long MICROS = 1_000;

    private final Crowding crowding = new Crowding();

    @Test
    void whoGetsItsProcessorAtOnceMayKeepIt() {
        crowding.woke(50 * MICROS, 0, 0);

        assertThat(crowding.pauseNanos(20_000 * MICROS, 19_900 * MICROS)).isZero();
    }

    @Test
    void whoHadToWaitForItGivesItUpSoon() {
        crowding.woke(2_000 * MICROS, 5_000 * MICROS, 700 * MICROS);

        assertThat(crowding.pauseNanos(5_090 * MICROS, 790 * MICROS)).isZero();
        assertThat(crowding.pauseNanos(5_110 * MICROS, 810 * MICROS)).isEqualTo(1_000 * MICROS);
    }

    @Test
    void whoLostItMeanwhileSleepsAtOnce() {
        crowding.woke(0, 0, 0);

        assertThat(crowding.pauseNanos(290 * MICROS, 10 * MICROS)).isZero();
        assertThat(crowding.pauseNanos(320 * MICROS, 10 * MICROS)).isEqualTo(1_000 * MICROS);
    }

    @Test
    void aCrowdThatIsGoneIsForgotten() {
        crowding.woke(2_000 * MICROS, 0, 0);
        crowding.woke(0, 5_000 * MICROS, 100 * MICROS);

        assertThat(crowding.pauseNanos(6_000 * MICROS, 1_100 * MICROS)).isZero();
    }

    @Test
    void aClockThatStandsStillSaysNothing() {
        crowding.woke(-1_000 * MICROS, 1, 0);

        assertThat(crowding.pauseNanos(1, 5_000 * MICROS)).isZero();
    }
}
