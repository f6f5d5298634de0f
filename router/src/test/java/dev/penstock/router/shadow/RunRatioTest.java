package dev.penstock.router.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.router.arms.GroupTally;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// How many times as long runs are, and how seldom that is wrong however often it is looked at.
class RunRatioTest {
    private static final double ALPHA = 0.05;
    private static final int ROLLOUTS = 300;
    private static final int PAIRS = 4_000;
    private static final int LOOK_EVERY = 50;
    private static final int UNITS = 300;

    /// @param ofUnit how much ratios of units differ
    /// @return the part of so many shadows, all exactly twice as slow, that are ever said not to be
    private static double wrong(double ofUnit) {
        int wrong = 0;
        for (int i = 0; i < ROLLOUTS; i++) {
            wrong += isEverWrong(new Random(i), ofUnit) ? 1 : 0;
        }
        return (double) wrong / ROLLOUTS;
    }

    private static boolean isEverWrong(Random random, double ofUnit) {
        double[] units = new double[UNITS];
        for (int i = 0; i < UNITS; i++) {
            units[i] = ofUnit * random.nextGaussian();
        }
        GroupTally tally = new GroupTally();
        for (int i = 1; i <= PAIRS; i++) {
            // Some ask far more often than others.
            int unit = (int) (UNITS * Math.pow(random.nextDouble(), 2));
            // Now and then somebody else has the processor.
            double pause = random.nextInt(100) == 0 ? 3 : 0;
            double log = Math.log(2) - 0.03 + units[unit] + 0.3 * random.nextGaussian() + pause;
            tally.add(unit % 64, log);
            if (i % LOOK_EVERY == 0) {
                RunRatio ratio = RunRatio.of(tally.sums(), ALPHA);
                if (ratio.lower() > 2 || ratio.upper() < 2) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void boundsAreSeldomWrong() {
        assertThat(wrong(0)).isLessThan(ALPHA);
        assertThat(wrong(0.5)).as("where ratios are of units").isLessThan(ALPHA);
    }

    @Test
    void twiceAndHalfAsLongCancel() {
        GroupTally tally = new GroupTally();
        for (int i = 0; i < 64; i++) {
            tally.add(i, RunRatio.log(1_000, i % 2 == 0 ? 2_000 : 500));
        }

        RunRatio ratio = RunRatio.of(tally.sums(), ALPHA);

        assertThat(ratio.mean()).isCloseTo(1, within(1e-9));
        assertThat(ratio.isUnsure()).isFalse();
    }

    @Test
    void noPairCountsForMoreThanTheMost() {
        assertThat(RunRatio.log(1, 1_000_000)).isCloseTo(Math.log(RunRatio.MOST), within(1e-9));
        assertThat(RunRatio.log(1_000_000, 0)).isCloseTo(-Math.log(RunRatio.MOST), within(1e-9));
        assertThat(RunRatio.log(1_000, 3_000)).isCloseTo(Math.log(3), within(1e-9));
    }
}
