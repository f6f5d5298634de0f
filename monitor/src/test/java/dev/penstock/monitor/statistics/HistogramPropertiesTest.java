package dev.penstock.monitor.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HistogramPropertiesTest {
    private static final long SEED = 41;
    private static final int ROUNDS = 1000;

    private final Random random = new Random(SEED);

    /// Some empty, some with much.
    private long[] histogram(int slots) {
        long[] counts = new long[slots];
        for (int i = 0; i < slots; i++) {
            counts[i] = random.nextInt(3) == 0 ? 0 : random.nextLong(1L << random.nextInt(1, 20));
        }
        counts[random.nextInt(slots)]++;
        return counts;
    }

    private static long[] times(long[] counts, long factor) {
        return Arrays.stream(counts).map(count -> count * factor).toArray();
    }

    @Test
    void nothingDriftsFromItself() {
        for (int round = 0; round < ROUNDS; round++) {
            long[] a = histogram(random.nextInt(1, 30));
            String as = "round %d of seed %d: %s".formatted(round, SEED, Arrays.toString(a));

            assertThat(PopulationStability.of(a, a).psi()).as(as).isZero();
            assertThat(PopulationStability.of(a, a).pNoDrift()).as(as).isEqualTo(1);
            assertThat(PopulationStability.of(a, a).pMaterial(0.1)).as(as).isCloseTo(1, within(1e-12));
            assertThat(KolmogorovSmirnov.of(a, a).distance()).as(as).isZero();
            assertThat(KolmogorovSmirnov.of(a, a).pValue()).as(as).isEqualTo(1);
            assertThat(ChiSquareTest.pooled(a, a).pValue()).as(as).isEqualTo(1);
            assertThat(Distances.jensenShannon(a, a)).as(as).isZero();
            assertThat(Distances.hellinger(a, a)).as(as).isZero();
            assertThat(Distances.totalVariation(a, a)).as(as).isZero();
            assertThat(Distances.jensenShannon(a, times(a, 7))).as(as).isZero();
        }
    }

    @Test
    void distancesAreTheSameBothWays() {
        for (int round = 0; round < ROUNDS; round++) {
            int slots = random.nextInt(1, 30);
            long[] a = histogram(slots);
            long[] b = histogram(slots);
            String as = "round %d of seed %d: %s, %s".formatted(round, SEED, Arrays.toString(a), Arrays.toString(b));

            assertClose(
                    as,
                    PopulationStability.of(a, b).psi(),
                    PopulationStability.of(b, a).psi());
            assertClose(
                    as,
                    KolmogorovSmirnov.of(a, b).distance(),
                    KolmogorovSmirnov.of(b, a).distance());
            assertClose(
                    as,
                    ChiSquareTest.of(a, b).statistic(),
                    ChiSquareTest.of(b, a).statistic());
            assertClose(
                    as,
                    ChiSquareTest.pooled(a, b).statistic(),
                    ChiSquareTest.pooled(b, a).statistic());
            assertClose(as, Distances.jensenShannon(a, b), Distances.jensenShannon(b, a));
            assertClose(as, Distances.hellinger(a, b), Distances.hellinger(b, a));
            assertClose(as, Distances.totalVariation(a, b), Distances.totalVariation(b, a));
        }
    }

    private static void assertClose(String as, double actual, double expected) {
        assertThat(actual).as(as).isCloseTo(expected, within(1e-12 * Math.abs(expected) + 1e-15));
    }

    @Test
    void distancesKeepTheirBoundsAndOrder() {
        for (int round = 0; round < ROUNDS; round++) {
            int slots = random.nextInt(1, 30);
            long[] a = histogram(slots);
            long[] b = histogram(slots);
            String as = "round %d of seed %d: %s, %s".formatted(round, SEED, Arrays.toString(a), Arrays.toString(b));
            double variation = Distances.totalVariation(a, b);
            double hellinger = Distances.hellinger(a, b);

            assertThat(variation).as(as).isBetween(0.0, 1 + 1e-12);
            assertThat(hellinger * hellinger).as(as).isLessThanOrEqualTo(variation + 1e-12);
            assertThat(variation).as(as).isLessThanOrEqualTo(hellinger * Math.sqrt(2) + 1e-12);
            assertThat(Distances.jensenShannon(a, b)).as(as).isBetween(0.0, 1 + 1e-12);
            assertThat(Distances.largestDifference(a, b)).as(as).isLessThanOrEqualTo(variation + 1e-12);
            assertThat(KolmogorovSmirnov.of(a, b).distance()).as(as).isLessThanOrEqualTo(variation + 1e-12);
            assertThat(ChiSquareTest.of(a, b).cramersV()).as(as).isBetween(0.0, 1.0);
            assertThat(Distances.kullbackLeibler(a, b)).as(as).isNotNegative();
        }
    }

    /// Bins put together show less of a difference, never more.
    @Test
    void fewerBinsNeverShowMore() {
        for (int round = 0; round < ROUNDS; round++) {
            long[] a = histogram(12);
            long[] b = histogram(12);
            long[] coarseA = inPairs(a);
            long[] coarseB = inPairs(b);
            String as = "round %d of seed %d: %s, %s".formatted(round, SEED, Arrays.toString(a), Arrays.toString(b));

            assertThat(KolmogorovSmirnov.of(coarseA, coarseB).distance())
                    .as(as)
                    .isLessThanOrEqualTo(KolmogorovSmirnov.of(a, b).distance() + 1e-12);
            assertThat(Distances.jensenShannon(coarseA, coarseB))
                    .as(as)
                    .isLessThanOrEqualTo(Distances.jensenShannon(a, b) + 1e-12);
            assertThat(Distances.totalVariation(coarseA, coarseB))
                    .as(as)
                    .isLessThanOrEqualTo(Distances.totalVariation(a, b) + 1e-12);
        }
    }

    private static long[] inPairs(long[] counts) {
        return IntStream.range(0, counts.length / 2)
                .mapToLong(i -> counts[2 * i] + counts[2 * i + 1])
                .toArray();
    }

    /// Slots without any count, such as those for what is missing, change nothing.
    @Test
    void slotsThatAreEmptyInBothDoNotCount() {
        long[] a = {500, 300, 200};
        long[] b = {40, 35, 25};
        long[] paddedA = {500, 0, 300, 0, 0, 200};
        long[] paddedB = {40, 0, 35, 0, 0, 25};

        assertThat(PopulationStability.of(paddedA, paddedB)).isEqualTo(PopulationStability.of(a, b));
        assertThat(ChiSquareTest.of(paddedA, paddedB)).isEqualTo(ChiSquareTest.of(a, b));
        assertThat(Distances.kullbackLeibler(paddedA, paddedB)).isEqualTo(Distances.kullbackLeibler(a, b));
        assertThat(CategoryCells.of(paddedA, paddedB).size()).isEqualTo(3);
    }

    @Test
    void replicasAddUpInAnyOrder() {
        for (int round = 0; round < 50; round++) {
            long[] baseline = histogram(22);
            List<long[]> replicas =
                    IntStream.range(0, 5).mapToObj(i -> histogram(22)).toList();
            List<long[]> shuffled = new ArrayList<>(replicas);
            Collections.shuffle(shuffled, random);
            long[] one = sum(replicas);
            long[] other = sum(shuffled);

            assertThat(one).as("round %d of seed %d", round, SEED).containsExactly(other);
            assertThat(PopulationStability.of(baseline, one))
                    .as("round %d of seed %d", round, SEED)
                    .isEqualTo(PopulationStability.of(baseline, other));
        }
    }

    private static long[] sum(List<long[]> histograms) {
        long[] total = new long[histograms.getFirst().length];
        for (long[] histogram : histograms) {
            for (int i = 0; i < total.length; i++) {
                total[i] += histogram[i];
            }
        }
        return total;
    }

    @Test
    void moreEvidenceMakesSmallerProbabilities() {
        for (int round = 0; round < 20; round++) {
            int slots = random.nextInt(2, 30);
            long m = random.nextLong(20, 1_000_000);
            long n = random.nextLong(20, 1_000_000);
            String as = "round %d of seed %d: %d slots, m %d, n %d".formatted(round, SEED, slots, m, n);
            PopulationStability before = new PopulationStability(0, slots, m, n);
            for (double psi = 0.001; psi < 2; psi *= 1.7) {
                PopulationStability after = new PopulationStability(psi, slots, m, n);
                assertThat(after.logPNoDrift()).as(as).isLessThanOrEqualTo(before.logPNoDrift());
                assertThat(after.logPMaterial(0.1)).as(as).isLessThanOrEqualTo(before.logPMaterial(0.1) + 1e-12);
                assertThat(after.logPMaterial(0.1)).as(as).isGreaterThanOrEqualTo(after.logPNoDrift());
                assertThat(after.logPMaterial(0.25)).as(as).isGreaterThanOrEqualTo(after.logPMaterial(0.1) - 1e-12);
                assertThat(after.pEquivalent(0.25)).as(as).isGreaterThanOrEqualTo(before.pEquivalent(0.25) - 1e-12);
                assertThat(after.pMaterial(0.25) + after.pEquivalent(0.25))
                        .as(as)
                        .isCloseTo(1, within(1e-10));
                before = after;
            }
        }
    }

    @Test
    void whatCannotBeComparedIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PopulationStability.of(new long[] {1, 2}, new long[] {1}))
                .withMessage("window: 1 slots (expected: 2, as the baseline has)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KolmogorovSmirnov.of(new long[] {1, 2}, new long[] {0, 0}))
                .withMessage("window: it is empty (expected: at least one value)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Distances.hellinger(new long[] {1, -2}, new long[] {0, 1}))
                .withMessage("baseline: a count of -2 (expected: >= 0)");
    }

    @Test
    void aSumThatOverflowedHasNoDistance() {
        long[] counts = {1, 1};

        assertThat(Wasserstein.distance(
                        counts, new double[] {1, 2}, counts, new double[] {1, Double.POSITIVE_INFINITY}))
                .isNaN();
    }
}
