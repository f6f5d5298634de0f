package dev.penstock.server.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CrowdingTest {
    private static final long MICROS = 1_000;

    private final Crowding crowding = new Crowding(1_000_000 * MICROS);

    @Test
    void whoGetsItsProcessorAtOnceMayKeepIt() {
        crowding.woke(50 * MICROS, 0, 0);

        assertThat(crowding.pauseNanos(4_000 * MICROS, 3_900 * MICROS)).isZero();
    }

    @Test
    void whoHadToWaitForItGivesItUpSoon() {
        crowding.woke(2_000 * MICROS, 5_000 * MICROS, 700 * MICROS);

        assertThat(crowding.pauseNanos(5_090 * MICROS, 790 * MICROS)).isZero();
        assertThat(crowding.pauseNanos(5_110 * MICROS, 810 * MICROS)).isEqualTo(1_000 * MICROS);
    }

    @Test
    void whoFindsACrowdAgainStaysAwayTwiceAsLongUpToAnEighthOfASecond() {
        List<Long> millis = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            crowding.woke(2_000 * MICROS, 0, 0);
            millis.add(crowding.pauseNanos(0, 110 * MICROS) / 1_000 / MICROS);
            assertThat(crowding.leastNanos()).isEqualTo(crowding.pauseNanos(0, 110 * MICROS));
        }
        assertThat(millis).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 128L, 128L);

        crowding.woke(0, 0, 0);
        crowding.woke(2_000 * MICROS, 0, 0);

        assertThat(crowding.leastNanos()).as("after one time without a crowd").isEqualTo(1_000 * MICROS);
    }

    @Test
    void itStaysAwayForNoLongerThanItsPatience() {
        Crowding impatient = new Crowding(3_000 * MICROS);
        for (int i = 0; i < 4; i++) {
            impatient.woke(2_000 * MICROS, 0, 0);
        }

        assertThat(impatient.leastNanos()).isEqualTo(3_000 * MICROS);
    }

    /// For threads of its own, a device, or a page: others want no processor for that.
    @Test
    void whatARunWaitsForIsNoCrowd() {
        crowding.woke(0, 0, 0);

        assertThat(crowding.pauseNanos(4_000 * MICROS, 10 * MICROS)).isZero();
    }

    @Test
    void whoHasNotSleptForAWhileSleepsForAMoment() {
        crowding.woke(0, 0, 0);

        assertThat(crowding.pauseNanos(5_100 * MICROS, 10 * MICROS)).isEqualTo(50 * MICROS);
        crowding.woke(20 * MICROS, 5_200 * MICROS, 10 * MICROS);
        assertThat(crowding.pauseNanos(5_300 * MICROS, 110 * MICROS)).isZero();
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
