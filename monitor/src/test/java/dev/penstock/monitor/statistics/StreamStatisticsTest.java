package dev.penstock.monitor.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.monitor.Fixtures;
import dev.penstock.monitor.Fixtures.Row;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/// Many tests at once, and one test again and again.
class StreamStatisticsTest {
    private static final Offset<Double> ROUNDING = within(1e-12);
    private static final BernoulliSequence ALL = new BernoulliSequence(0, 1);

    @Test
    void adjustedPValuesAreTheSmallestLevelsAtWhichATestIsRejected() {
        for (Row row : Fixtures.read("discovery")) {
            double[] pValues = row.numbers("p");

            assertThat(FalseDiscovery.benjaminiHochberg(pValues))
                    .as("%s", row)
                    .containsExactly(row.numbers("bh"), ROUNDING);
            assertThat(FalseDiscovery.benjaminiYekutieli(pValues))
                    .as("%s", row)
                    .containsExactly(row.numbers("by"), ROUNDING);
            row.assertClose("bonferroni", FalseDiscovery.bonferroni(pValues), 1e-12);
        }
        assertThat(FalseDiscovery.benjaminiHochberg(new double[0])).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FalseDiscovery.benjaminiHochberg(new double[] {0.5, Double.NaN}))
                .withMessage("pValues: NaN (expected: 0..1)");
    }

    @Test
    void eValuesAreRejectedTogether() {
        for (Row row : Fixtures.read("e-discovery")) {
            boolean[] rejected = FalseDiscovery.rejectedByEValues(row.numbers("logE"), row.number("level"));

            long[] expected = row.wholes("rejected");
            for (int i = 0; i < expected.length; i++) {
                assertThat(rejected[i]).as("%d of %s", i, row).isEqualTo(expected[i] == 1);
            }
        }
    }

    @Test
    void evidenceOfASubWindowIsThatOfItsValuesOneByOne() {
        for (Row row : Fixtures.read("evidence")) {
            double actual = DriftEvidence.logEValue(row.wholes("counts"), row.numbers("shares"), row.number("k"));

            assertThat(actual).as("%s", row).isCloseTo(row.number("logE"), within(1e-8));
        }
    }

    @Test
    void theStatisticAddsUpTheBetsOfAllBeginnings() {
        for (Row row : Fixtures.read("shiryaev-roberts")) {
            double[] logEValues = row.numbers("logE");
            double[] expected = row.numbers("logStatistic");
            double logStatistic = DriftEvidence.NONE;
            for (int i = 0; i < logEValues.length; i++) {
                logStatistic = DriftEvidence.next(logStatistic, logEValues[i]);
                assertThat(logStatistic).as("%d of %s", i, row).isCloseTo(expected[i], within(1e-9));
            }
        }
    }

    @Test
    void evidenceRarelyAlarmsWithoutDriftAndSoonWithIt() {
        long seed = 5;
        Random random = new Random(seed);
        double[] shares = DriftEvidence.sharesOf(new long[] {10000, 10000, 10000, 10000, 10000});
        double threshold = Math.log(100);
        int alarms = 0;
        double logStatistic = DriftEvidence.NONE;
        for (int i = 0; i < 5000; i++) {
            logStatistic = DriftEvidence.next(logStatistic, drawn(random, shares, 0));
            if (logStatistic >= threshold) {
                alarms++;
                logStatistic = DriftEvidence.NONE;
            }
        }
        int needed = 0;
        for (double log = DriftEvidence.NONE; log < threshold; needed++) {
            log = DriftEvidence.next(log, drawn(random, shares, 0.08));
        }

        assertThat(alarms).as("seed %d", seed).isBetween(1, 50);
        assertThat(needed).as("seed %d", seed).isLessThanOrEqualTo(10);
    }

    /// A sub-window of 500 values, of which some are in the first slot instead of their own.
    private static double drawn(Random random, double[] shares, double moved) {
        long[] counts = new long[shares.length];
        for (int i = 0; i < 500; i++) {
            counts[random.nextDouble() < moved ? 0 : random.nextInt(shares.length)]++;
        }
        return DriftEvidence.logEValue(counts, shares, DriftEvidence.CONCENTRATION);
    }

    @Test
    void cumulativeSumsAreAWalkAboveItsLowestPoint() {
        for (Row row : Fixtures.read("cusum")) {
            double[] values = row.numbers("z");
            double[] up = row.numbers("up");
            double[] down = row.numbers("down");
            Cusum cusum = Cusum.start(Cusum.DEFAULT_ALLOWANCE);
            for (int i = 0; i < values.length; i++) {
                cusum = cusum.next(values[i]);
                assertThat(cusum.up()).as("up %d", i).isCloseTo(up[i], within(1e-11));
                assertThat(cusum.down()).as("down %d", i).isCloseTo(down[i], within(1e-11));
                assertThat(cusum.level()).isEqualTo(Math.max(cusum.up(), cusum.down()));
            }
        }
    }

    /// Siegmund's formula is an approximation; the table is of a Markov chain.
    @Test
    void runLengthsAreWithinSixPercent() {
        for (Row row : Fixtures.read("run-lengths")) {
            row.assertClose("arl", Cusum.oneSidedRunLength(row.number("h"), row.number("k")), 0.06);
        }
    }

    @Test
    void aThresholdIsFoundForARunLength() {
        assertThat(Cusum.oneSidedRunLength(5, 0.5)).isBetween(938.0, 939.0);
        for (double runLength : new double[] {10, 469, 8640, 1e9}) {
            double threshold = Cusum.thresholdFor(runLength, 0.5);

            assertThat(Cusum.averageRunLength(threshold, 0.5)).isCloseTo(runLength, within(1e-9 * runLength));
        }
    }

    @Test
    void boundsThatHoldAtAllTimes() {
        for (Row row : Fixtures.read("confidence")) {
            BernoulliSequence bounds =
                    BernoulliSequence.of(row.whole("successes"), row.whole("trials"), row.number("alpha"));

            row.assertClose("lower", bounds.lower(), 1e-9);
            row.assertClose("upper", bounds.upper(), 1e-9);
        }
    }

    @Test
    void boundsAreLeftSeldomHoweverOftenOneLooks() {
        long seed = 9;
        Random random = new Random(seed);
        int left = 0;
        for (int run = 0; run < 200; run++) {
            left += leavesItsBounds(random) ? 1 : 0;
        }

        // At most one in ten on average, so 20; 37 would come once in 10,000 such tests.
        assertThat(left).as("seed %d", seed).isLessThan(37);
    }

    private static boolean leavesItsBounds(Random random) {
        long successes = 0;
        for (int trials = 1; trials <= 1000; trials++) {
            successes += random.nextDouble() < 0.1 ? 1 : 0;
            BernoulliSequence bounds = trials % 10 == 0 ? BernoulliSequence.of(successes, trials, 0.1) : ALL;
            if (bounds.lower() > 0.1 || bounds.upper() < 0.1) {
                return true;
            }
        }
        return false;
    }

    @Test
    void calibrationIsTheBestFitThatNeverFalls() {
        for (Row row : Fixtures.read("isotonic")) {
            double[] fitted = IsotonicCalibration.fit(row.wholes("positives"), row.wholes("totals"));

            assertThat(fitted).as("%s", row).containsExactly(row.numbers("fitted"), ROUNDING);
            double[] ascending = fitted.clone();
            Arrays.sort(ascending);
            assertThat(fitted).as("%s", row).containsExactly(ascending);
        }
    }
}
