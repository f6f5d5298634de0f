package dev.penstock.router.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

/// Two arms that are compared time by time.
final class StrataTest {
    private static final long SEED = 11;
    private static final double ALPHA = 0.05;

    private final Random random = new Random(SEED);

    /// Of chance, in groups of chance.
    private JackknifeSums drawn(int values, double mean) {
        long[] counts = new long[JackknifeSums.GROUPS];
        double[] sums = new double[JackknifeSums.GROUPS];
        for (int i = 0; i < values; i++) {
            int group = random.nextInt(JackknifeSums.GROUPS);
            counts[group]++;
            sums[group] += random.nextDouble() < mean ? 1 : 0;
        }
        return JackknifeSums.of(counts, sums);
    }

    private static Strata plus(Strata sum, JackknifeSums canary, JackknifeSums control) {
        // Squares of 0 and 1.
        return sum.plus(
                canary, control, canary.mean() * (double) canary.total(), control.mean() * (double) control.total());
    }

    private static double leastError(JackknifeSums zerosAndOnes) {
        double sum = zerosAndOnes.mean() * (double) zerosAndOnes.total();
        return LeastError.of(zerosAndOnes.total(), sum, sum);
    }

    @Test
    void oneTimeIsComparedAsMeansAre() {
        JackknifeSums canary = drawn(1_000, 0.3);
        JackknifeSums control = drawn(9_000, 0.4);
        Strata one = plus(Strata.none(), canary, control);

        AsymptoticSequence strata = AsymptoticSequence.ofDifference(one, ALPHA);

        assertThat(strata.estimate()).isEqualTo(canary.mean() - control.mean(), within(1e-9));
        assertThat(strata.values()).isEqualTo(10_000);
        double independent = Math.sqrt(0.3 * 0.7 / 1_000 + 0.4 * 0.6 / 9_000);
        assertThat(one.leastError()).as("of seed %d", SEED).isEqualTo(independent, within(0.05 * independent));
        assertThat(one.leastError()).isEqualTo(Math.hypot(leastError(canary), leastError(control)), within(1e-9));
    }

    /// In each of 400 comparisons the canary is the same, or better by 0.1, and has most where both earn least.
    @Test
    void whatBothDoWithTheHourIsNoDifference() {
        int wrong = 0;
        int found = 0;
        for (int i = 0; i < 400; i++) {
            Strata same = Strata.none();
            Strata better = Strata.none();
            for (double level : new double[] {0.1, 0.3, 0.5, 0.8}) {
                int ofCanary = (int) (1_000 * (1 - level));
                JackknifeSums control = drawn(1_000 - ofCanary, level);
                same = plus(same, drawn(ofCanary, level), control);
                better = plus(better, drawn(ofCanary, level + 0.1), control);
            }
            AsymptoticSequence bounds = AsymptoticSequence.ofDifference(same, ALPHA);
            wrong += bounds.lower() > 0 || bounds.upper() < 0 ? 1 : 0;
            found += AsymptoticSequence.ofDifference(better, ALPHA).lower() > 0 ? 1 : 0;
        }
        assertThat(wrong).as("of seed %d", SEED).isLessThan(20);
        assertThat(found).as("of seed %d", SEED).isGreaterThan(350);
    }

    @Test
    void timesAddUpInAnyOrderAndWhereOneArmIsSilentThereIsNothing() {
        Strata day = plus(Strata.none(), drawn(100, 0.8), drawn(900, 0.8));
        Strata night = plus(Strata.none(), drawn(800, 0.2), drawn(200, 0.2));

        assertThat(day.plus(night)).isEqualTo(night.plus(day));
        assertThat(Strata.of(night.toList())).isEqualTo(night);
        Strata silent = plus(night, JackknifeSums.none().plus(1, 1), JackknifeSums.none());
        assertThat(silent).isEqualTo(night);
        assertThat(Strata.none().isEmpty()).isTrue();
        assertThat(night.isEmpty()).isFalse();
    }
}
