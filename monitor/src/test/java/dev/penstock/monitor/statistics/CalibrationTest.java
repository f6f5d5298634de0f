package dev.penstock.monitor.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// How often p-values fall below 0.05, over samples of known laws.
class CalibrationTest {
    private static final long SEED = 11;
    private static final int SAMPLES = 2000;

    /// 0.05 and three standard errors of 2000 samples more, and what the approximations may add.
    private static final double MOST = 0.07;

    private static final double[] EVEN = shares(10, i -> 1);
    private static final double[] THREE_EMPTY = Arrays.copyOf(EVEN, 13);
    private static final double[] ZIPF = shares(64, i -> Math.pow(i + 1, -1.5));

    private final Random random = new Random(SEED);

    private static double[] shares(int slots, IntToDoubleFunction weight) {
        double sum = IntStream.range(0, slots).mapToDouble(weight).sum();
        return IntStream.range(0, slots).mapToDouble(weight).map(w -> w / sum).toArray();
    }

    private long[] drawn(double[] shares, int size) {
        double[] cumulative = shares.clone();
        Arrays.parallelPrefix(cumulative, Double::sum);
        long[] counts = new long[shares.length];
        for (int i = 0; i < size; i++) {
            int at = Arrays.binarySearch(cumulative, random.nextDouble());
            counts[Math.min(at < 0 ? -at - 1 : at + 1, shares.length - 1)]++;
        }
        return counts;
    }

    /// Large enough that its own chance does not matter.
    private static long[] baseline(double[] shares) {
        return Arrays.stream(shares)
                .mapToLong(share -> Math.round(share * 10_000_000))
                .toArray();
    }

    private double alarms(double[] law, double[] shares, int size, ToDoubleBiFunction<long[], long[]> pValue) {
        long[] baseline = baseline(shares);
        int alarms = 0;
        for (int i = 0; i < SAMPLES; i++) {
            alarms += pValue.applyAsDouble(baseline, drawn(law, size)) <= 0.05 ? 1 : 0;
        }
        return (double) alarms / SAMPLES;
    }

    @Test
    void withoutDriftOneInTwentyIsBelowOneInTwenty() {
        assertThat(alarms(
                        EVEN, EVEN, 500, (a, b) -> PopulationStability.of(a, b).pNoDrift()))
                .as("seed %d", SEED)
                .isBetween(0.03, MOST);
        assertThat(alarms(EVEN, EVEN, 100, (a, b) -> ChiSquareTest.of(a, b).pValue()))
                .as("seed %d", SEED)
                .isBetween(0.03, MOST);
        assertThat(alarms(EVEN, EVEN, 500, (a, b) -> KolmogorovSmirnov.of(a, b).pValue()))
                .as("seed %d", SEED)
                .isBetween(0.001, MOST);
    }

    @Test
    void emptySlotsRaiseNoAlarms() {
        assertThat(alarms(
                        THREE_EMPTY,
                        THREE_EMPTY,
                        500,
                        (a, b) -> PopulationStability.of(a, b).pNoDrift()))
                .as("seed %d", SEED)
                .isBetween(0.03, MOST);
    }

    @Test
    void rareCategoriesNeitherRaiseAlarmsNorHideThem() {
        double[] turned =
                IntStream.range(0, 64).mapToDouble(i -> ZIPF[(i + 63) % 64]).toArray();

        assertThat(alarms(
                        ZIPF,
                        ZIPF,
                        500,
                        (a, b) -> PopulationStability.pooled(a, b).pNoDrift()))
                .as("seed %d", SEED)
                .isBetween(0.03, MOST);
        assertThat(alarms(ZIPF, ZIPF, 500, (a, b) -> ChiSquareTest.pooled(a, b).pValue()))
                .as("seed %d", SEED)
                .isBetween(0.03, MOST);
        assertThat(alarms(
                        turned,
                        ZIPF,
                        500,
                        (a, b) -> PopulationStability.pooled(a, b).pNoDrift()))
                .as("seed %d", SEED)
                .isEqualTo(1);
    }

    /// At the limit itself, where a plain comparison with 0.1 would alarm every other time.
    @Test
    void aDriftOfTheLimitIsMaterialOneTimeInTwentyAndALargerOneMostly() {
        double[] atLimit = withIndex(0.1);
        double[] beyond = withIndex(0.2);

        assertThat(alarms(
                        atLimit,
                        EVEN,
                        1000,
                        (a, b) -> PopulationStability.of(a, b).pMaterial(0.1)))
                .as("seed %d", SEED)
                .isBetween(0.02, MOST);
        assertThat(alarms(
                        beyond,
                        EVEN,
                        1000,
                        (a, b) -> PopulationStability.of(a, b).pMaterial(0.1)))
                .as("seed %d", SEED)
                .isGreaterThan(0.9);
        assertThat(alarms(
                        atLimit,
                        EVEN,
                        1000,
                        (a, b) -> PopulationStability.of(a, b).pEquivalent(0.1)))
                .as("seed %d", SEED)
                .isBetween(0.02, MOST);
    }

    /// Even slots tilted until their index is that.
    private static double[] withIndex(double index) {
        double low = 0;
        double high = 1;
        for (int i = 0; i < 60; i++) {
            double middle = (low + high) / 2;
            if (exactIndex(tilted(middle)) < index) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return tilted(low);
    }

    private static double[] tilted(double slope) {
        return shares(10, i -> Math.exp(slope * (i - 4.5)));
    }

    private static double exactIndex(double[] shares) {
        double sum = 0;
        for (int i = 0; i < shares.length; i++) {
            sum += (shares[i] - EVEN[i]) * Math.log(shares[i] / EVEN[i]);
        }
        return sum;
    }
}
