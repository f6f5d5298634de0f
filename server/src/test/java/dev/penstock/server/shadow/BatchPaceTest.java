package dev.penstock.server.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BatchPaceTest {
    @Test
    void eachShadowHasOneTimedRunOfSixteenOfItsOwn() {
        BatchPace one = new BatchPace();
        BatchPace other = new BatchPace();
        int timed = 0;
        for (int i = 0; i < 160; i++) {
            timed += one.isTimed(1, 4) ? 1 : 0;
            assertThat(other.isTimed(1, 4)).isEqualTo(i % 16 == 15);
        }

        assertThat(timed).isEqualTo(10);
    }

    @Test
    void aTimedRunHasTheRowsOfThePrimarys() {
        BatchPace pace = new BatchPace();

        assertThat(pace.mostRows(2, 4, true, 8)).isEqualTo(4);
        assertThat(pace.mostRows(2, 40, true, 8)).isEqualTo(8);
        assertThat(pace.mostRows(2, 4, false, 8)).isEqualTo(8);
    }

    @Test
    void afterAFailureCopiesRunAloneUntilEnoughDidWell() {
        BatchPace pace = new BatchPace();
        pace.failed();
        for (int i = 0; i < 1_000; i++) {
            pace.ranWell();
        }
        pace.failed();
        for (int i = 0; i < 1_024; i++) {
            assertThat(pace.mostRows(2, 4, i % 2 == 0, 8)).as("run %d", i).isEqualTo(2);
            pace.ranWell();
        }

        assertThat(pace.mostRows(2, 4, false, 8)).isEqualTo(8);
    }
}
