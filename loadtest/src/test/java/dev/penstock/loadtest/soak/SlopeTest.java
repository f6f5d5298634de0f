package dev.penstock.loadtest.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SlopeTest {
    private static final long SEED = 11;

    @Test
    void aLineHasItsSlope() {
        assertThat(Slope.of(1, 3, 5, 7, 9)).isEqualTo(new Slope(2, 2, 2));
    }

    @Test
    void aFewOutliersDoNotMoveIt() {
        double[] values = new double[100];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 10 == 0 ? 5000 : 0.5 * i;
        }

        assertThat(Slope.of(values).perStep()).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void noiseIsInsideItsInterval() {
        Random random = new Random(SEED);
        double[] values = new double[400];
        for (int i = 0; i < values.length; i++) {
            values[i] = 0.3 * i + 20 * random.nextGaussian();
        }

        Slope slope = Slope.of(values);

        assertThat(slope.low()).as("seed %d: %s", SEED, slope).isLessThan(0.3);
        assertThat(slope.high()).as("seed %d: %s", SEED, slope).isGreaterThan(0.3);
        assertThat(slope.perStep()).isBetween(slope.low(), slope.high());
        assertThat(slope.high() - slope.low()).isPositive().isLessThan(0.1);
    }

    @Test
    void twoValuesAreTheLeast() {
        assertThat(Slope.of(4, 7).perStep()).isEqualTo(3);
        assertThatThrownBy(() -> Slope.of(4)).isInstanceOf(IllegalArgumentException.class);
    }
}
