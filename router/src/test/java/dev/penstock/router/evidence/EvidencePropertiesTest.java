package dev.penstock.router.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.core.LatencyScale;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Evidence is whole however it is put together, and larger the worse it gets.
class EvidencePropertiesTest {
    private static final double EXACT = 1e-9;

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

    /// Who is allowed 6 % is not rolled back at 4.4 %, and who may be 34 % slower not passed at 35 %.
    @Test
    void marginsAreRoundedInFavourOfWhoIsWithinThem() {
        assertThat(QuantileTest.shiftAtLeast(1)).isZero();
        assertThat(QuantileTest.shiftAtLeast(1.02)).isEqualTo(1);
        assertThat(QuantileTest.shiftAtLeast(1.06)).isEqualTo(2);
        assertThat(QuantileTest.shiftAtLeast(1.19)).isEqualTo(4);
        assertThat(QuantileTest.shiftAtLeast(1.5)).isEqualTo(10);
        assertThat(QuantileTest.shiftAtMost(1.02)).isZero();
        assertThat(QuantileTest.shiftAtMost(1.34)).isEqualTo(6);
        assertThat(QuantileTest.shiftAtMost(1.41)).isEqualTo(8);
        assertThat(QuantileTest.shiftAtMost(1.5)).isEqualTo(9);
        assertThat(QuantileTest.factorOf(16)).isEqualTo(2);
    }
}
