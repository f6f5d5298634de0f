package dev.penstock.monitor.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class DistinctCountTest {
    @Test
    void aFewAreCountedAndManyAreEstimated() {
        DistinctCount count = new DistinctCount();
        assertThat(count.estimate()).isZero();
        for (long repeated = 0; repeated < 3; repeated++) {
            for (long value = 0; value < 20; value++) {
                count.add(value);
            }
        }
        assertThat(count.estimate()).isEqualTo(20);

        for (long value = 0; value < 1_000; value++) {
            count.add(value);
        }
        assertThat(count.estimate()).isCloseTo(1_000, Percentage.withPercentage(5));
        for (long value = 0; value < 300_000; value++) {
            count.add(value << 20);
        }
        assertThat(count.estimate()).isCloseTo(301_000, Percentage.withPercentage(5));
    }
}
