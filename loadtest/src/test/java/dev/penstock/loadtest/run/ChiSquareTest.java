package dev.penstock.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ChiSquareTest {
    @Test
    void agreesWithTheTable() {
        // The 5 % and 1 % points of the distribution with 1, 2, 5 and 10 degrees of freedom.
        assertThat(ChiSquare.upperGamma(0.5, 3.841 / 2)).isCloseTo(0.05, within(1e-4));
        assertThat(ChiSquare.upperGamma(1, 9.210 / 2)).isCloseTo(0.01, within(1e-4));
        assertThat(ChiSquare.upperGamma(2.5, 11.070 / 2)).isCloseTo(0.05, within(1e-4));
        assertThat(ChiSquare.upperGamma(5, 23.209 / 2)).isCloseTo(0.01, within(1e-4));
        assertThat(ChiSquare.upperGamma(0.5, 0)).isEqualTo(1);
    }

    @Test
    void fairSplitsAreRarelySuspectedAndUnfairOnesAlways() {
        SplittableRandom random = new SplittableRandom(7);
        int suspected = 0;

        for (int round = 0; round < 1000; round++) {
            suspected += likelihood(random, 0.9) < 0.05 ? 1 : 0;
            assertThat(likelihood(random, 0.5)).as("round %d of seed 7", round).isLessThan(1e-6);
        }

        assertThat(suspected).as("of 1000 fair ones, 5 %").isBetween(25, 80);
    }

    /// How likely 2,000 requests are that go to the first arm with a chance, where 90 % are expected.
    private static double likelihood(SplittableRandom random, double chance) {
        long[] counts = new long[2];
        for (int i = 0; i < 2000; i++) {
            counts[random.nextDouble() < chance ? 0 : 1]++;
        }
        return ChiSquare.likelihood(counts, new double[] {0.9, 0.1});
    }
}
