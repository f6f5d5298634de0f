package dev.penstock.loadtest.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.loadtest.engine.Pacing.Spacing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
    private static final long SEED = 7;
    private static final long SECOND = 1_000_000_000;

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

    private static long dueBy(Arrivals arrivals, long nanos) {
        long count = 0;
        while (arrivals.nextNanos() < nanos) {
            arrivals.advance();
            count++;
        }
        return count;
    }

    private static Arrivals ramp(double from, double to, Spacing spacing, Duration warmUp) {
        Pacing.Ramp ramp = new Pacing.Ramp(from, to, Duration.ofSeconds(10), spacing, 1, SEED);
        return Arrivals.of(ramp, new Arrivals.Share(1, 0, 1), warmUp);
    }

    @Test
    void aRampBringsTheMeanOfItsRatesAndThenTheLast() {
        assertThat(dueBy(ramp(0, 1000, Spacing.CONSTANT, Duration.ZERO), 5 * SECOND))
                .isEqualTo(1250);
        assertThat(dueBy(ramp(0, 1000, Spacing.CONSTANT, Duration.ZERO), 10 * SECOND))
                .isEqualTo(5000);
        assertThat(dueBy(ramp(0, 1000, Spacing.CONSTANT, Duration.ZERO), 12 * SECOND))
                .isEqualTo(7000);
        assertThat(dueBy(ramp(1000, 200, Spacing.CONSTANT, Duration.ZERO), 10 * SECOND))
                .isEqualTo(6000);
        assertThat(dueBy(ramp(1000, 200, Spacing.CONSTANT, Duration.ZERO), 11 * SECOND))
                .isEqualTo(6200);
    }

    @Test
    void aRampBeginsWhenTheWarmUpIsOver() {
        Arrivals arrivals = ramp(100, 300, Spacing.CONSTANT, Duration.ofSeconds(3));

        assertThat(dueBy(arrivals, 3 * SECOND)).isEqualTo(300);
        assertThat(dueBy(arrivals, 13 * SECOND)).isEqualTo(2000);
        assertThat(dueBy(arrivals, 14 * SECOND)).isEqualTo(300);
    }

    @Test
    void aRampDownToNothingEnds() {
        Arrivals arrivals = ramp(1000, 0, Spacing.CONSTANT, Duration.ZERO);

        assertThat(dueBy(arrivals, 100_000 * SECOND)).isBetween(5000L, 5001L);
        assertThat(arrivals.nextNanos()).isEqualTo(Arrivals.NEVER);
    }

    @Test
    void aRandomRampComesNearItsMeanAndNeverGoesBack() {
        Arrivals arrivals = ramp(0, 10_000, Spacing.POISSON, Duration.ZERO);
        long before = 0;
        long half = 0;
        long all = 0;
        for (; arrivals.nextNanos() < 10 * SECOND; arrivals.advance()) {
            assertThat(arrivals.nextNanos()).isGreaterThanOrEqualTo(before);
            before = arrivals.nextNanos();
            half += before < 5 * SECOND ? 1 : 0;
            all++;
        }

        assertThat((double) all).isCloseTo(50_000, within(1500.0));
        assertThat((double) half).isCloseTo(12_500, within(700.0));
    }

    @Test
    void recordedTimesAreReplayedOnce() {
        Pacing.Recorded recorded = new Pacing.Recorded(ArrivalTimes.of(new long[] {5, 7, 7, 20}), false, 1);

        assertThat(taken(recorded, 0, 1, 5)).containsExactly(5L, 7L, 7L, 20L, Arrivals.NEVER);
        assertThat(taken(recorded, 0, 2, 3)).containsExactly(5L, 7L, Arrivals.NEVER);
        assertThat(taken(recorded, 1, 2, 3)).containsExactly(7L, 20L, Arrivals.NEVER);
    }

    @Test
    void recordedTimesBeginAnewAMeanGapAfterTheLast() {
        Pacing.Recorded recorded = new Pacing.Recorded(ArrivalTimes.of(new long[] {5, 7, 15}), true, 1);

        assertThat(taken(recorded, 0, 1, 7)).containsExactly(5L, 7L, 15L, 20L, 22L, 30L, 35L);
        assertThat(taken(recorded, 1, 2, 3)).containsExactly(7L, 20L, 30L);
    }

    private static List<Long> taken(Pacing.Recorded recorded, int part, int parts, int count) {
        Arrivals arrivals = Arrivals.of(recorded, new Arrivals.Share(1, part, parts), Duration.ZERO);
        List<Long> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            taken.add(arrivals.nextNanos());
            arrivals.advance();
        }
        return taken;
    }

    @Test
    void timesThatCannotBeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ArrivalTimes.of(new long[] {3, 2}))
                .withMessage("arrival 1: 2 ns (expected: >= 3 ns)");
        assertThatIllegalArgumentException().isThrownBy(() -> ArrivalTimes.of(new long[0]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Pacing.Recorded(ArrivalTimes.of(new long[] {4, 4}), true, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> ramp(0, 0, Spacing.CONSTANT, Duration.ZERO));
    }
}
