package dev.penstock.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class OutlierRunsTest {
    private static final long USUAL = 4_000;
    private static final long HUGE = 4_000_000;

    private final OutlierRuns runs = new OutlierRuns();

    @Test
    void runsOfOneSizeKeepTheirMemory() {
        assertThat(given(1000, HUGE)).isZero();
    }

    @Test
    void oneFarLargerGivesBackAndSoDoesTheNextOrdinaryOne() {
        assertThat(given(50, USUAL)).isZero();

        assertThat(runs.givesBack(HUGE)).as("the outlier").isTrue();
        assertThat(runs.givesBack(USUAL)).as("what its outputs held").isTrue();
        assertThat(given(50, USUAL)).as("all is given back").isZero();
    }

    @Test
    void ofSeveralInARowOneGivesBackAndAnOrdinaryRunWhenNoneCameForAWhile() {
        assertThat(given(50, USUAL)).isZero();

        assertThat(given(3, HUGE)).isEqualTo(1);
        assertThat(given(63, USUAL)).isZero();
        assertThat(given(1, USUAL)).isEqualTo(1);
        assertThat(given(100, USUAL)).isZero();
    }

    @Test
    void whileManyAreHugeNothingIsGivenBack() {
        assertThat(given(50, USUAL)).isZero();

        int given = 0;
        for (int i = 0; i < 1000; i++) {
            given += given(1, i % 10 < 3 ? HUGE : USUAL);
        }
        assertThat(given).as("the first alone").isEqualTo(1);
        assertThat(given(100, USUAL)).isEqualTo(1);
    }

    @Test
    void whatComesOftenBecomesUsual() {
        assertThat(given(50, USUAL)).isZero();

        assertThat(given(1000, HUGE)).as("until it is usual").isBetween(1, 60);
        assertThat(given(1000, HUGE)).isZero();
    }

    @Test
    void aHugeFirstRunIsGivenBackOnceItProvesToBeOne() {
        assertThat(runs.givesBack(HUGE)).as("nothing to compare it with").isFalse();

        assertThat(given(100, USUAL)).isEqualTo(1);
    }

    @Test
    void smallInputsAreNotWorthIt() {
        assertThat(given(50, 8)).isZero();

        assertThat(runs.givesBack(16_000)).isFalse();
    }

    @Test
    void runsOfNoBytesAreNoReasonToGiveBack() {
        assertThat(given(100, 0)).isZero();
    }

    @Test
    void whateverCameBeforeOrdinaryRunsEndIt() {
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            for (int i = 0; i < 30; i++) {
                boolean _ = runs.givesBack(1L << random.nextInt(40));
            }
            int given = given(400, USUAL);
            assertThat(given).as("round %d", round).isLessThanOrEqualTo(2);
            assertThat(given(100, USUAL)).as("round %d", round).isZero();
        }
    }

    private int given(int times, long bytes) {
        int given = 0;
        for (int i = 0; i < times; i++) {
            given += runs.givesBack(bytes) ? 1 : 0;
        }
        return given;
    }
}
