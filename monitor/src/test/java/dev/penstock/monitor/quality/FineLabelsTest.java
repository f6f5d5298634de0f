package dev.penstock.monitor.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class FineLabelsTest {
    private static final long SEED = 20_261_122;

    @Test
    void placesAreOrderedAsChancesAre() {
        assertThat(FineLabels.place(0)).isZero();
        assertThat(FineLabels.place(1)).isEqualTo(FineLabels.PLACES - 1);
        assertThat(FineLabels.place(0.5)).isEqualTo(FineLabels.PLACES / 2);
        int last = 0;
        for (double chance = 0; chance < 1; chance += 1e-5) {
            int place = FineLabels.place(chance);
            assertThat(place).as("%s", chance).isBetween(last, FineLabels.PLACES - 1);
            last = place;
        }
    }

    @Test
    void aPlaceIsASixteenthOfTheChanceWideAtMost() {
        Random random = new Random(SEED);
        for (int i = 0; i < 10_000; i++) {
            double chance = Math.exp(-11 * random.nextDouble()) / 2;
            double other = chance * (1 + 1.01 / 16);

            assertThat(FineLabels.place(Math.min(0.5, other)))
                    .as("round %d of seed %d: %s", i, SEED, chance)
                    .isGreaterThan(FineLabels.place(chance) - (other > 0.5 ? 1 : 0));
        }
    }

    @Test
    void aCalibrationTellsSmallChancesApart() {
        Random random = new Random(SEED);
        BinnedLabels labels = BinnedLabels.fine();
        for (int i = 0; i < 200_000; i++) {
            double chance = 0.05 * random.nextDouble();
            labels.add(chance, random.nextDouble() < chance);
        }

        Calibration calibration = labels.calibration();

        for (double chance : new double[] {0.005, 0.01, 0.02, 0.04, 0.0499}) {
            assertThat(calibration.of(chance)).as("%s", chance).isCloseTo(chance, within(0.008));
        }
        assertThat(calibration.of(0.9)).as("as the nearest").isCloseTo(0.05, within(0.008));
    }

    @Test
    void finerBinsHoldAllLabelsOrNone() {
        BinnedLabels labels = BinnedLabels.fine();
        labels.add(0.3, true);
        BinnedLabels coarse = new BinnedLabels();

        labels.add(coarse);
        assertThat(labels.finer().totals()).containsExactly(1);
        coarse.add(0.3, true);
        labels.add(coarse);

        assertThat(labels.total()).isEqualTo(2);
        assertThat(labels.finer().isEmpty()).isTrue();
        FineLabels less = FineLabels.of(new long[] {7}, new long[] {1}, new long[] {1});
        assertThat(BinnedLabels.of(labels.hits(), labels.totals(), less).finer().isEmpty())
                .isTrue();
    }

    @Test
    void whatWasKeptIsTheSameAgain() {
        FineLabels labels = new FineLabels();
        labels.add(0.001, true);
        labels.add(0.9, false);
        labels.add(0.001, false);

        FineLabels again = FineLabels.of(labels.places(), labels.hits(), labels.totals());

        assertThat(again.places()).isEqualTo(labels.places()).hasSize(2);
        assertThat(again.hits()).containsExactly(1, 0);
        assertThat(again.totals()).containsExactly(2, 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FineLabels.of(new long[] {7, 7}, new long[2], new long[2]))
                .withMessageContaining("ascending");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FineLabels.of(new long[] {7}, new long[] {2}, new long[] {1}))
                .withMessageContaining("0..1");
    }
}
