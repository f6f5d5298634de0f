package dev.penstock.loadtest.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.loadtest.engine.Pacing.Spacing;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
    private static final long SEED = 7;

    @Test
    void evenArrivalsAreOneGapApart() {
        Arrivals arrivals = new Arrivals.Rated(Rate.constant(1000), Spacing.CONSTANT, 0.25, SEED);

        for (int i = 0; i < 1000; i++) {
            assertThat(arrivals.nextNanos()).isEqualTo(250_000 + i * 1_000_000L);
            arrivals.advance();
        }
    }

    @Test
    void aRateThatDoesNotDivideASecondDoesNotDrift() {
        Arrivals arrivals = new Arrivals.Rated(Rate.constant(3), Spacing.CONSTANT, 0, SEED);

        for (int i = 0; i < 3_000_000; i++) {
            arrivals.advance();
        }

        assertThat(arrivals.nextNanos()).isCloseTo(1_000_000_000_000_000L, within(1_000_000L));
    }

    @Test
    void gapsOfPoissonArrivalsHaveTheMeanAndTheSpreadOfTheirDistribution() {
        Arrivals arrivals = new Arrivals.Rated(Rate.constant(1000), Spacing.POISSON, 0, SEED);
        int count = 200_000;
        double squares = 0;
        int belowMean = 0;
        long before = 0;
        for (int i = 0; i < count; i++) {
            double gap = (double) (arrivals.nextNanos() - before) / 1e6;
            before = arrivals.nextNanos();
            squares += gap * gap;
            belowMean += gap < 1 ? 1 : 0;
            arrivals.advance();
        }

        assertThat((double) before / count / 1e6).isCloseTo(1, within(0.02));
        assertThat(squares / count).isCloseTo(2, within(0.05));
        assertThat((double) belowMean / count).isCloseTo(1 - Math.exp(-1), within(0.01));
    }

    @Test
    void theSeedDecides() {
        Arrivals one = new Arrivals.Rated(Rate.constant(10), Spacing.POISSON, 0, SEED);
        Arrivals same = new Arrivals.Rated(Rate.constant(10), Spacing.POISSON, 0, SEED);
        Arrivals other = new Arrivals.Rated(Rate.constant(10), Spacing.POISSON, 0, SEED + 1);

        assertThat(one.nextNanos()).isEqualTo(same.nextNanos()).isNotEqualTo(other.nextNanos());
    }
}
