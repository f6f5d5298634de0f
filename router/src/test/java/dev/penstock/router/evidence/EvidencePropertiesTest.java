package dev.penstock.router.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.core.LatencyScale;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// What makes evidence: that it is 1 on average where nothing is the matter, whole however it is put together,
/// and larger the worse it gets.
class EvidencePropertiesTest {
    private static final double EXACT = 1e-9;

    @Test
    void failuresAreWorthOneOnAverageAtTheMarginAndLessBelow() {
        Pool pool = new Pool(1000, 9000);
        assertThat(meanFailureEvidence(pool, 1.25, 1.25)).isEqualTo(1, within(EXACT));
        assertThat(meanFailureEvidence(pool, 1.0, 1.25)).isLessThan(0.8);
        assertThat(meanFailureEvidence(pool, 2.0, 1.25)).isGreaterThan(20);
    }

    /// Over all that 60 failures can be like if the canary fails `ratio` times as often.
    private static double meanFailureEvidence(Pool pool, double ratio, double margin) {
        double odds = (double) pool.canary() * ratio / (double) pool.control();
        double[] law = binomial(60, odds / (1 + odds));
        double mean = 0;
        for (int k = 0; k < law.length; k++) {
            mean += law[k] * Math.exp(FailureArm.logWorse(PairCounts.none(1).plus(pool, k, 60 - k), margin));
        }
        return mean;
    }

    @Test
    void proofOfNoHarmIsWorthOneOnAverageAtTheMarginAndLessAbove() {
        Pool pool = new Pool(5000, 5000);
        for (double ratio : new double[] {1.5, 1.7, 3}) {
            double[] law = binomial(80, ratio / (1 + ratio));
            double mean = 0;
            for (int k = 0; k < law.length; k++) {
                mean += law[k]
                        * Math.exp(FailureArm.logNotWorse(PairCounts.none(1).plus(pool, k, 80 - k), 1.5));
            }
            if (ratio == 1.5) {
                assertThat(mean).isEqualTo(1, within(EXACT));
            } else {
                assertThat(mean).as("ratio %s", ratio).isLessThan(0.9);
            }
        }
    }

    @Test
    void aSlotIsWorthOneOnAverageWhereTheArmDoesNotMatter() {
        Pool pool = new Pool(2500, 7500);
        double[] law = binomial(50, pool.share());
        double mean = 0;
        for (int k = 0; k < law.length; k++) {
            mean += law[k]
                    * Math.exp(ArmIndependence.logDiffers(PairCounts.none(1).plus(pool, k, 50 - k)));
        }
        assertThat(mean).isEqualTo(1, within(EXACT));
    }

    /// Over all that 10 requests of each can be like, in three buckets.
    @Test
    void quantilesAreWorthOneOnAverageAtMost() {
        double[][] laws = {{0.5, 0.3, 0.2}, {0.1, 0.1, 0.8}, {0.9, 0.05, 0.05}, {0.45, 0.1, 0.45}};
        double[] faster = {0.97, 0.02, 0.01};
        for (double p : new double[] {0.5, 0.9}) {
            QuantileTest test = QuantileTest.of(p);
            for (double[] law : laws) {
                assertThat(meanQuantileEvidence(test, law, law))
                        .as("p %s, both %s", p, law)
                        .isLessThanOrEqualTo(1 + EXACT);
                assertThat(meanQuantileEvidence(test, faster, law)).isLessThanOrEqualTo(1 + EXACT);
            }
        }
        double[] slower = {0.01, 0.02, 0.97};
        assertThat(meanQuantileEvidence(QuantileTest.of(0.5), slower, faster)).isGreaterThan(1.1);
    }

    private static double meanQuantileEvidence(QuantileTest test, double[] canary, double[] control) {
        List<long[]> outcomes = outcomes(10);
        double mean = 0;
        for (long[] mine : outcomes) {
            for (long[] theirs : outcomes) {
                double chance = multinomial(mine, canary) * multinomial(theirs, control);
                mean += chance * Math.exp(test.logSlower(mine, theirs, 0));
            }
        }
        return mean;
    }

    private static List<long[]> outcomes(int trials) {
        List<long[]> outcomes = new ArrayList<>();
        for (int i = 0; i <= trials; i++) {
            for (int j = 0; i + j <= trials; j++) {
                outcomes.add(new long[] {i, j, trials - i - j});
            }
        }
        return outcomes;
    }

    private static double multinomial(long[] counts, double[] law) {
        int rest = (int) Arrays.stream(counts).sum();
        double first = binomial(rest, law[0])[(int) counts[0]];
        return first * binomial(rest - (int) counts[0], law[1] / (law[1] + law[2]))[(int) counts[1]];
    }

    @Test
    void unitsAreWorthOneOnAverageWhereTheyAreDividedAsTheyShould() {
        int[] buckets = {2000, 3000, 5000};
        double mean = 0;
        for (int i = 0; i <= 12; i++) {
            for (int j = 0; i + j <= 12; j++) {
                double[] first = binomial(12, 0.2);
                double[] second = binomial(12 - i, 0.375);
                double log = SampleRatio.none(3)
                        .plus(buckets, new long[] {i, j, 12 - i - j})
                        .logMismatch();
                mean += first[i] * second[j] * Math.exp(log);
            }
        }
        assertThat(mean).isEqualTo(1, within(EXACT));
    }

    @Test
    void stepsTakenTogetherAreWorthOneOnAverage() {
        double[] law = binomial(20, 0.5);
        double mean = 0;
        for (int i = 0; i < law.length; i++) {
            for (int j = 0; j < law.length; j++) {
                mean += law[i] * law[j] * Math.exp(Combined.logOfSteps(bet(i), bet(j), 0));
            }
        }
        assertThat(mean).isEqualTo(1, within(EXACT));
        assertThat(Combined.logOfSteps()).isZero();
        assertThat(Combined.logMean(Math.log(3), Double.NEGATIVE_INFINITY)).isEqualTo(Math.log(1.5), within(EXACT));
        assertThat(Combined.logMean(2_000, 1_000)).isEqualTo(2_000 - Math.log(2), within(EXACT));
    }

    private static double bet(int heads) {
        return heads * Math.log(1.2) + (20 - heads) * Math.log(0.8);
    }

    @Test
    void moreOfTheCanarysFailuresAreMoreEvidence() {
        Pool pool = new Pool(500, 9500);
        double before = Double.NEGATIVE_INFINITY;
        Bounds bounds = new Bounds(0, 0);
        for (int canary = 0; canary <= 100; canary += 5) {
            PairCounts failures = PairCounts.none(1).plus(pool, canary, 200);
            double worse = FailureArm.logWorse(failures, 1.25);
            assertThat(worse).as("%s failures", canary).isGreaterThan(before);
            assertThat(FailureArm.logWorse(failures, 1.5)).isLessThan(worse);
            Bounds next = FailureArm.ratio(failures, 0.05);
            assertThat(next.lower()).isGreaterThanOrEqualTo(bounds.lower());
            assertThat(next.upper()).isGreaterThanOrEqualTo(bounds.upper());
            before = worse;
            bounds = next;
        }
        Bounds nothing = FailureArm.ratio(PairCounts.none(1), 0.05);
        assertThat(nothing).isEqualTo(new Bounds(0, Double.POSITIVE_INFINITY));
    }

    @Test
    void aMarginIsAShiftOfTheHistogram() {
        long[] control = new long[LatencyScale.BUCKETS];
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 3_000; i++) {
            control[LatencyScale.bucketOf(2_000_000 + random.nextLong(40_000_000))]++;
        }
        long[] slower = new long[control.length];
        System.arraycopy(control, 0, slower, 6, control.length - 6);
        assertThat(QuantileTest.shiftOf(1.19)).isEqualTo(4);
        assertThat(QuantileTest.shiftOf(1.41)).isEqualTo(8);
        for (double p : new double[] {0.5, 0.99}) {
            QuantileTest test = QuantileTest.of(p);
            assertThat(test.logSlower(slower, control, 6))
                    .as("slower by as much as is allowed")
                    .isEqualTo(test.logSlower(control, control, 0), within(EXACT))
                    .isLessThan(0);
            assertThat(test.logSlower(slower, control, 2)).isGreaterThanOrEqualTo(test.logSlower(slower, control, 4));
            PairCounts counts = PairCounts.none(control.length).plus(new Pool(1, 1), control, control);
            assertThat(test.logNotSlower(counts, 8)).isGreaterThanOrEqualTo(test.logNotSlower(counts, 1));
            assertThat(test.logSlower(counts, 0)).isLessThan(0);
        }
        QuantileTest median = QuantileTest.of(0.5);
        assertThat(median.logSlower(slower, control, 2)).isGreaterThan(median.logSlower(slower, control, 5));
        PairCounts same = PairCounts.none(control.length).plus(new Pool(1, 1), control, control);
        assertThat(median.logNotSlower(same, 5)).isGreaterThan(median.logNotSlower(same, 2));
    }

    /// Every tick, replica and restart comes to the same as all at once.
    @Test
    void countsArePutTogetherInAnyOrder() {
        SplittableRandom random = new SplittableRandom(11);
        List<Pool> pools = List.of(new Pool(100, 9900), new Pool(500, 9500), new Pool(2500, 2500));
        PairCounts all = PairCounts.none(5);
        PairCounts[] replicas = {PairCounts.none(5), PairCounts.none(5), PairCounts.none(5)};
        for (Pool pool : pools) {
            for (PairCounts ignored : replicas) {
                all = all.plus(pool, new long[5], new long[5]);
            }
        }
        for (int tick = 0; tick < 300; tick++) {
            Pool pool = pools.get(tick / 100);
            long[] canary = random.longs(5, 0, 4).toArray();
            long[] control = random.longs(5, 0, 30).toArray();
            int replica = random.nextInt(3);
            all = all.plus(pool, canary, control);
            replicas[replica] = PairCounts.of(
                    5, replicas[replica].plus(pool, canary, control).toLongs());
        }
        assertThat(replicas[0].plus(replicas[1]).plus(replicas[2])).isEqualTo(all);
        PairCounts reverse = replicas[2].plus(replicas[1].plus(replicas[0]));
        assertThat(ArmIndependence.logDiffers(reverse)).isEqualTo(ArmIndependence.logDiffers(all), within(EXACT));
        assertThat(PairCounts.of(5, all.toLongs())).isEqualTo(all);
        assertThat(all.canaryTotal())
                .isEqualTo(all.pools().stream()
                        .mapToLong(pool -> Arrays.stream(pool.canary()).sum())
                        .sum());
    }

    @Test
    void numbersThatNobodyWroteAreRefused() {
        long[][] wrong = {{1}, {1, 1, 1}, {1, 1, 1, 5, 0, 0}, {1, 1, 9, 0, 0, 0}, {0, 1, 0}, {1, 1, 1, 0, -1, 0}};
        for (long[] numbers : wrong) {
            assertThatIllegalArgumentException().isThrownBy(() -> PairCounts.of(5, numbers));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> SampleRatio.of(2, new long[] {1, 2, 3}));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Pool(0, 5))
                .withMessage("canary: 0 buckets (expected: > 0)");
    }

    @Test
    void unitsOfReplicasAddUp() {
        int[] before = {9900, 100, 0};
        int[] after = {9500, 500, 0};
        SampleRatio one =
                SampleRatio.none(3).plus(before, new long[] {990, 10, 0}).plus(after, new long[] {95, 5, 0});
        SampleRatio two = SampleRatio.none(3).plus(after, new long[] {190, 10, 0});
        SampleRatio both =
                SampleRatio.none(3).plus(before, new long[] {990, 10, 0}).plus(after, new long[] {285, 15, 0});
        assertThat(one.plus(two).logMismatch()).isEqualTo(both.logMismatch(), within(EXACT));
        assertThat(SampleRatio.of(3, both.toLongs()).logMismatch()).isEqualTo(both.logMismatch());
        assertThat(both.units()).containsExactly(1275, 25, 0);
        assertThat(both.logMismatch()).isLessThan(0);
        SampleRatio lost = both.plus(after, new long[] {9500, 200, 0});
        assertThat(lost.logMismatch()).isGreaterThan(SampleRatio.LOG_MISMATCH);
        SampleRatio strayed = both.plus(after, new long[] {0, 0, 1});
        assertThat(strayed.logMismatch()).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void fewGroupsTellNothing() {
        JackknifeSums few = JackknifeSums.none();
        for (int group = 0; group < AsymptoticSequence.LEAST_GROUPS - 1; group++) {
            few = few.plus(group, 1).plus(group, group % 3);
        }
        AsymptoticSequence mean = AsymptoticSequence.ofMean(few, 0.05);
        assertThat(mean.isInsufficient()).isTrue();
        assertThat(mean.upper()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(mean.lower()).isEqualTo(Double.NEGATIVE_INFINITY);
        AsymptoticSequence enough = AsymptoticSequence.ofMean(few.plus(63, 1), 0.05);
        assertThat(enough.isInsufficient()).isFalse();
        assertThat(enough.lower()).isLessThan(1).isGreaterThan(-10);
        assertThat(AsymptoticSequence.ofMean(JackknifeSums.none(), 0.05).isInsufficient())
                .isTrue();
        JackknifeSums alike = JackknifeSums.none();
        for (int i = 0; i < 10 * JackknifeSums.GROUPS; i++) {
            alike = alike.plus(i % JackknifeSums.GROUPS, 0.1);
        }
        assertThat(AsymptoticSequence.ofMean(alike, 0.05).isInsufficient())
                .as("groups that do not differ")
                .isTrue();
        assertThat(AsymptoticSequence.ofMean(alike, 0.05, 0.01).upper())
                .as("but for what is known besides")
                .isBetween(0.11, 0.2);
        assertThat(JackknifeSums.of(few.counts(), few.sums())).isEqualTo(few);
        assertThat(few.plus(few).total()).isEqualTo(2 * few.total());
        assertThat(few.plus(few).mean()).isEqualTo(few.mean(), within(EXACT));
    }

    @Test
    void aBudgetIsSharedByWhatIsWatched() {
        ErrorBudget all = new ErrorBudget(
                ErrorBudget.DEFAULT_ALPHA, Map.of("errors", 4.0, "p50", 1.0, "quality", 4.0, "drift", 1.0));
        assertThat(all.alphaOf("errors")).isEqualTo(0.02, within(EXACT));
        assertThat(all.logEnough("drift")).isEqualTo(Math.log(200), within(EXACT));
        ErrorBudget two = new ErrorBudget(0.05, Map.of("errors", 4.0, "p99", 1.0));
        assertThat(two.alphaOf("p99")).isEqualTo(0.01, within(EXACT));
        assertThatIllegalArgumentException().isThrownBy(() -> two.alphaOf("p50"));
    }

    @Test
    void theBandFindsAnyDifferenceOnceThereIsEnough() {
        long[] even = {100, 100, 100};
        assertThat(LatencyBand.of(even, even).differs()).isFalse();
        assertThat(LatencyBand.of(new long[3], even).differs()).isFalse();
        LatencyBand apart = LatencyBand.of(new long[] {0, 0, 5000}, new long[] {5000, 0, 0});
        assertThat(apart.shift()).isEqualTo(1);
        assertThat(apart.differs()).isTrue();
        // g(5000) with C = 8.6226.
        assertThat(apart.allowed())
                .isEqualTo(2 * 0.85 * Math.sqrt((Math.log1p(Math.log(5000)) + 8.6226) / 5000), within(1e-5));
    }

    /// Half of the slowest tenth take longer than all others.
    @Test
    void theBandSaysWhereTheyDifferAndToWhichSide() {
        long[] control = {50_000, 40_000, 10_000, 0};
        long[] canary = {50_000, 40_000, 5_000, 5_000};
        assertThat(LatencyBand.of(canary, control, 0, 0.5).shift()).isZero();
        assertThat(LatencyBand.of(canary, control, 0.5, 0.9).shift()).isZero();
        LatencyBand slowest = LatencyBand.of(canary, control, 0.9, 1);
        assertThat(slowest.shift()).isEqualTo(0.05, within(EXACT));
        assertThat(slowest.differs()).isTrue();
        assertThat(LatencyBand.of(control, canary, 0.9, 1).shift())
                .as("the other way round")
                .isEqualTo(-0.05, within(EXACT));
        long[] sooner = {60_000, 30_000, 10_000, 0};
        assertThat(LatencyBand.of(sooner, control, 0, 0.5).shift()).isEqualTo(-0.1, within(EXACT));
        assertThat(LatencyBand.of(sooner, control, 0.9, 1).shift()).isZero();
    }

    @Test
    void aDriftIsCriticalOnlyIfItIsProvenAndLarge() {
        Pool pool = new Pool(5000, 5000);
        long[] control = {5_000, 3_000, 2_000};
        long[] little = {4_600, 3_200, 2_200};
        long[] much = {2_000, 3_000, 5_000};
        PredictionDrift same = PredictionDrift.of(PairCounts.none(3).plus(pool, control, control));
        PredictionDrift small = PredictionDrift.of(PairCounts.none(3).plus(pool, little, control));
        PredictionDrift large = PredictionDrift.of(PairCounts.none(3).plus(pool, much, control));
        assertThat(same.isCritical(0.05, 0.25)).isFalse();
        assertThat(same.isEquivalent(0.25)).isTrue();
        assertThat(small.logEvidence()).isGreaterThan(3);
        assertThat(small.isCritical(0.05, 0.25)).isFalse();
        assertThat(large.isCritical(0.05, 0.25)).isTrue();
        assertThat(large.isEquivalent(0.25)).isFalse();
        PredictionDrift nothing = PredictionDrift.of(PairCounts.none(3));
        assertThat(nothing.isCritical(0.05, 0.25) || nothing.isEquivalent(0.25)).isFalse();
    }

    /// The PSI is exactly what matters: to say that it is less is wrong, at any of so many looks.
    @Test
    void aDriftThatJustMattersIsSeldomTakenForLess() {
        Pool pool = new Pool(5000, 5000);
        double[] shares = {0.5, 0.5 + shiftOf(0.25)};
        int wrong = 0;
        int rollouts = 1_000;
        SplittableRandom random = new SplittableRandom(5);
        for (int rollout = 0; rollout < rollouts; rollout++) {
            long[][] counts = new long[2][2];
            boolean claimed = false;
            for (int look = 0; look < 150 && !claimed; look++) {
                long more = 10 + (counts[0][0] + counts[0][1]) / 20;
                for (int arm = 0; arm < 2; arm++) {
                    double mean = (double) more * shares[arm];
                    double spread = Math.sqrt(mean * (1 - shares[arm]));
                    long first = Math.clamp(Math.round(mean + spread * random.nextGaussian()), 0, more);
                    counts[arm][0] += first;
                    counts[arm][1] += more - first;
                }
                claimed = PredictionDrift.of(PairCounts.none(2).plus(pool, counts[1], counts[0]))
                        .isEquivalent(0.25);
            }
            wrong += claimed ? 1 : 0;
        }
        assertThat((double) wrong / rollouts).isLessThanOrEqualTo(0.05);
    }

    /// By how much one of two even classes has to be more for that index.
    private static double shiftOf(double index) {
        double least = 0;
        double most = 0.5;
        while (most - least > 1e-12) {
            double middle = (least + most) / 2;
            double psi = middle * Math.log((0.5 + middle) / (0.5 - middle));
            if (psi < index) {
                least = middle;
            } else {
                most = middle;
            }
        }
        return least;
    }

    /// In the morning most are of the first class and the canary has little, at night it is the other way
    /// round.
    @Test
    void anotherHourIsNoDrift() {
        PairCounts day = PairCounts.none(2)
                .plus(new Pool(100, 9_900), new long[] {90, 10}, new long[] {8_910, 990})
                .plus(new Pool(5_000, 5_000), new long[] {1_000, 9_000}, new long[] {1_000, 9_000});
        PredictionDrift drift = PredictionDrift.of(day);
        assertThat(drift.isCritical(0.05, 0.25)).isFalse();
        assertThat(drift.isEquivalent(0.25)).isTrue();
        assertThat(drift.stability())
                .isNotNull()
                .satisfies(stability -> assertThat(stability.psi()).isLessThan(0.001));
    }

    private static double[] binomial(int trials, double p) {
        double[] law = new double[trials + 1];
        law[0] = 1;
        for (int n = 1; n <= trials; n++) {
            for (int k = n; k > 0; k--) {
                law[k] = law[k] * (1 - p) + law[k - 1] * p;
            }
            law[0] *= 1 - p;
        }
        return law;
    }

    /// Of each of 1,000 buckets one of ten classes is predicted, always the same, and nearly always by the
    /// same arm: what one division has found by chance the others find again.
    @Test
    void theSamePredictionsUnderOtherSharesAreNoFurtherEvidence() {
        int claimed = 0;
        int multiplied = 0;
        Random random = new Random(10);
        for (int canary = 0; canary < 400; canary++) {
            int[] classes = random.ints(1_000, 0, 10).toArray();
            PairCounts counts = PairCounts.none(10);
            for (int division = 0; division < 20; division++) {
                int first = 400 + 5 * division;
                counts = counts.plus(
                        new Pool(first, 1_000 - first), classes(classes, 0, first), classes(classes, first, 1_000));
            }
            claimed += PredictionDrift.of(counts).logEvidence() >= Math.log(20) ? 1 : 0;
            multiplied += ArmIndependence.logDiffers(counts) >= Math.log(20) ? 1 : 0;
        }
        assertThat(claimed).isLessThanOrEqualTo(20);
        assertThat(multiplied).as("what it would be if they were").isGreaterThan(40);
    }

    private static long[] classes(int[] classes, int from, int to) {
        long[] counts = new long[10];
        for (int bucket = from; bucket < to; bucket++) {
            counts[classes[bucket]]++;
        }
        return counts;
    }

    @Test
    void theLikeliestRatioIsWithinItsBounds() {
        Random random = new Random(21);
        for (int round = 0; round < 200; round++) {
            PairCounts failures = PairCounts.none(1);
            for (int i = 0; i < 1 + round % 4; i++) {
                failures = failures.plus(
                        new Pool(100 + random.nextInt(5_000), 5_000), random.nextInt(40), random.nextInt(400));
            }
            Bounds ratio = FailureArm.ratio(failures, 0.5);
            double likeliest = FailureArm.likeliest(failures);
            assertThat(likeliest).as("round %d: %s", round, failures).isBetween(ratio.lower(), ratio.upper());
        }
        assertThat(FailureArm.likeliest(PairCounts.none(1).plus(new Pool(1_000, 9_000), 20, 90)))
                .isEqualTo(2, within(1e-9));
        assertThat(FailureArm.likeliest(PairCounts.none(1))).isNaN();
        assertThat(FailureArm.likeliest(PairCounts.none(1).plus(new Pool(1, 1), 0, 3)))
                .isZero();
        assertThat(FailureArm.likeliest(PairCounts.none(1).plus(new Pool(1, 1), 3, 0)))
                .isInfinite();
    }
}
