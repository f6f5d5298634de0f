package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.core.LatencyHistogram;
import dev.penstock.core.LatencyScale;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.GroupSums;
import dev.penstock.router.arms.OnceCounts;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What counts that are easily misread say.
final class EvidenceJudgeTest {
    private static final MetricSpec.Feedback QUALITY = new MetricSpec.Feedback(true, 0.001, true);

    private final RolloutSpec spec = new RolloutSpec(
            "digits",
            "stable",
            List.of(new Candidate("canary", "digits", 2), new Candidate("other", "digits", 3)),
            Strategy.EXPERIMENT,
            List.of(
                    StepSpec.share(1000, Duration.ofMinutes(5), Require.NOT_WORSE),
                    StepSpec.share(5000, Duration.ofMinutes(5), Require.PROVEN)),
            List.of(MetricSpec.Errors.STANDARD, QUALITY),
            Rules.STANDARD,
            BanditSpec.STANDARD);

    private static ArmCounts.Builder counts(long eligible, long failed) {
        long[] buckets = new long[LatencyScale.BUCKETS];
        buckets[LatencyScale.BUCKETS / 2] = eligible - failed;
        return new ArmCounts.Builder()
                .latency(LatencySnapshot.of(buckets, 0), LatencySnapshot.EMPTY)
                .latencyOnce(LatencySnapshot.of(buckets, 0))
                .failed(failed)
                .once(eligible, failed);
    }

    private static Epoch epoch(int step, int weight, ArmCounts.Builder canary, ArmCounts.Builder stable) {
        Map<String, Integer> weights = Map.of("canary", weight, "other", 0, "stable", 10_000 - weight);
        return new Epoch(step, weights, Map.of("canary", canary.build(), "stable", stable.build()), Map.of());
    }

    private RolloutState state(Epoch... epochs) {
        RolloutState pending = RolloutState.pending(spec, 0);
        List<Epoch> all = List.of(epochs);
        return new RolloutState(
                Phase.ANALYSE,
                all.getLast().step(),
                0,
                0,
                0,
                0,
                pending.weights(),
                0,
                "",
                pending.dropped(),
                pending.refuted(),
                pending.told(),
                List.of(),
                Past.NONE,
                all,
                Map.of(),
                RecentFailures.NONE,
                Judgement.NONE,
                "",
                "",
                List.of(),
                0);
    }

    private MetricReading reading(String metric, Epoch... epochs) {
        return judged(epochs).of("canary").stream()
                .filter(reading -> reading.metric().equals(metric))
                .findFirst()
                .orElseThrow();
    }

    private Judgement judged(Epoch... epochs) {
        return new EvidenceJudge().judge(spec, state(epochs), List.of());
    }

    /// 50 callers, each of which fails in every sub-window with both arms, if with one of them 50 times as
    /// often.
    @Test
    void whoFailsWithEachUnitIsNotProvenByCountingUnits() {
        Epoch busy = epoch(
                1,
                1000,
                counts(72_000, 3_600).once(5 * 200, 5 * 200),
                counts(648_000, 648).once(45 * 200, 45 * 200));
        assertThat(reading("errors", busy).verdict()).isNotEqualTo(Verdict.PASS);
        Epoch same = epoch(
                1,
                1000,
                counts(72_000, 72).once(5 * 200, 72),
                counts(648_000, 648).once(45 * 200, 648));
        assertThat(reading("errors", same).verdict()).isEqualTo(Verdict.PASS);
    }

    /// At night, when the default arm has nearly all, one in twenty fails; by day only the canary's do.
    @Test
    void ratesOfDifferentHoursAreNotComparedByTheirDifference() {
        Epoch night = epoch(0, 1000, counts(1_000, 50), counts(9_000, 450));
        Epoch day = epoch(1, 5000, counts(10_000, 30), counts(10_000, 0));
        assertThat(reading("errors", night, day).verdict()).isNotEqualTo(Verdict.PASS);
        Epoch good = epoch(1, 5000, counts(100_000, 0), counts(100_000, 0));
        assertThat(reading("errors", night, good).verdict()).isEqualTo(Verdict.PASS);
    }

    private static GroupSums right(long each) {
        long[] counts = new long[GroupSums.GROUPS];
        Arrays.fill(counts, each);
        double[] sums = new double[GroupSums.GROUPS];
        Arrays.fill(sums, (double) each);
        return new GroupSums(counts, sums, sums);
    }

    /// In each group so many of so many are right, one more in some than in others.
    private static GroupSums right(long each, long of) {
        long[] counts = new long[GroupSums.GROUPS];
        Arrays.fill(counts, of);
        double[] sums = new double[GroupSums.GROUPS];
        Arrays.setAll(sums, group -> (double) (each + group % 2));
        return new GroupSums(counts, sums, sums);
    }

    /// By day four of five answers are right, by night one of five, of both arms alike; shares shift between.
    @Test
    void feedbackIsComparedWhileSharesWereTheSame() {
        Epoch day =
                epoch(1, 1000, counts(0, 0).right(right(80, 100)), counts(0, 0).right(right(720, 900)));
        Epoch night =
                epoch(1, 8000, counts(0, 0).right(right(160, 800)), counts(0, 0).right(right(40, 200)));
        assertThat(reading("quality", day, night).verdict()).isNotEqualTo(Verdict.FAIL);
        assertThat(reading("quality", day, night).estimate().value()).isEqualTo(0, within(0.01));
        Epoch worse =
                epoch(1, 8000, counts(0, 0).right(right(80, 800)), counts(0, 0).right(right(40, 200)));
        assertThat(reading("quality", day, worse).verdict()).isEqualTo(Verdict.FAIL);
    }

    private RolloutState bandit(RolloutSpec bandit, long ofCanaryByNight) {
        RolloutState state = RolloutState.pending(bandit, 0);
        for (int i = 0; i < 2 * Epochs.MOST; i++) {
            boolean day = i % 2 == 0;
            int share = day ? 1000 + i : 8000 + i;
            long n = day ? 10 : 80;
            long m = day ? 90 : 20;
            GroupSums canary = day ? right(8, n) : right(ofCanaryByNight, n);
            GroupSums usual = day ? right(72, m) : right(4, m);
            RolloutChange change = state.change();
            change.deal(Map.of("canary", share), 0);
            change = change.state().change();
            Map<String, ArmCounts> counts = Map.of(
                    "canary", counts(0, 0).right(canary).build(),
                    "stable", counts(0, 0).right(usual).build());
            change.count(bandit, new Observation(true, counts, Map.of(), Map.of(), Map.of(), List.of()));
            state = change.state();
        }
        return state;
    }

    /// Of a bandit, whose oldest shares are forgotten.
    @Test
    void feedbackOfForgottenSharesIsComparedLikewise() {
        RolloutSpec bandit = new RolloutSpec(
                spec.route(),
                spec.control(),
                spec.candidates().subList(0, 1),
                Strategy.BANDIT,
                spec.steps().subList(0, 1),
                spec.metrics(),
                spec.rules(),
                spec.bandit());
        RolloutState same = bandit(bandit, 16);
        MetricReading reading =
                new EvidenceJudge().judge(bandit, same, List.of()).of("canary").getLast();
        assertThat(reading.verdict()).isNotEqualTo(Verdict.FAIL);
        assertThat(reading.observed().candidate()).isEqualTo(2 * Epochs.MOST * 45L * GroupSums.GROUPS);
        assertThat(same.earned("canary", false).even().mean())
                .as("by day and by night alike")
                .isEqualTo(same.earned("stable", false).even().mean(), within(0.03));
        assertThat(new EvidenceJudge()
                        .judge(bandit, bandit(bandit, 8), List.of())
                        .of("canary")
                        .getLast()
                        .verdict())
                .isEqualTo(Verdict.FAIL);
    }

    @Test
    void fewAnswersThatWereAllRightProveNothing() {
        Epoch few =
                epoch(1, 5000, counts(500, 0).right(right(5)), counts(500, 0).right(right(5)));
        assertThat(reading(QUALITY.name(), few).verdict()).isEqualTo(Verdict.INSUFFICIENT);
        Epoch many = epoch(
                1, 5000, counts(500, 0).right(right(1_000)), counts(500, 0).right(right(1_000)));
        assertThat(reading(QUALITY.name(), many).verdict()).isEqualTo(Verdict.PASS);
    }

    /// Errors 4 and quality 2, for each of two candidates.
    @Test
    void theBudgetIsSharedByWhatIsWatchedAndByCandidates() {
        assertThat(EvidenceJudge.alpha(spec, MetricSpec.Errors.STANDARD)).isEqualTo(0.05 * 4 / 6 / 2, within(1e-12));
        assertThat(EvidenceJudge.alpha(spec, QUALITY)).isEqualTo(0.05 * 2 / 6 / 2, within(1e-12));
        Epoch epoch = epoch(1, 5000, counts(1_000, 0), counts(1_000, 0));
        assertThat(reading("errors", epoch).evidence().threshold())
                .isEqualTo(-Math.log(0.05 * 4 / 6 / 2), within(1e-12));
    }

    private RolloutSpec with(List<StepSpec> steps, double alpha) {
        Rules usual = Rules.STANDARD;
        return new RolloutSpec(
                spec.route(),
                spec.control(),
                spec.candidates().subList(0, 1),
                Strategy.CANARY,
                steps,
                spec.metrics(),
                new Rules(
                        alpha,
                        usual.mode(),
                        usual.settle(),
                        usual.minRequests(),
                        usual.maxDuration(),
                        usual.onInconclusive(),
                        usual.onDeadline(),
                        usual.objective(),
                        usual.inspectFor()),
                spec.bandit());
    }

    /// Four steps of which each begins with nothing may not cost four times as much.
    @Test
    void whatFeedbackMayCostIsSharedByTheSteps() {
        Epoch epoch =
                epoch(1, 5000, counts(500, 0).right(right(100)), counts(500, 0).right(right(100)));
        StepSpec first = StepSpec.share(1000, Duration.ofMinutes(5), Require.NOT_WORSE);
        StepSpec second = StepSpec.share(5000, Duration.ofMinutes(5), Require.PROVEN);
        List<StepSpec> steps = List.of(
                StepSpec.shadow(5000, Duration.ofMinutes(5)),
                first,
                second,
                StepSpec.share(9000, Duration.ofMinutes(5), Require.NOT_WORSE),
                StepSpec.share(9500, Duration.ofMinutes(5), Require.NOT_WORSE),
                StepSpec.share(StepSpec.ALL, Duration.ofMinutes(5), Require.NOT_WORSE));

        double four = lower(with(steps, 0.08), epoch);

        assertThat(four).isEqualTo(lower(with(List.of(second, second), 0.04), epoch), within(1e-12));
        assertThat(four).isNotEqualTo(lower(with(List.of(second), 0.08), epoch));
    }

    private double lower(RolloutSpec asked, Epoch epoch) {
        return new EvidenceJudge()
                .judge(asked, state(epoch), List.of()).of("canary").stream()
                        .filter(reading -> reading.metric().equals(QUALITY.name()))
                        .findFirst()
                        .orElseThrow()
                        .estimate()
                        .lower();
    }

    private static LatencySnapshot millis(long fast, long slow) {
        LatencyHistogram latency = new LatencyHistogram();
        for (long i = 0; i < fast; i++) {
            latency.record(8_000_000);
        }
        for (long i = 0; i < slow; i++) {
            latency.record(80_000_000);
        }
        return latency.snapshot();
    }

    private MetricReading p99(ArmCounts.Builder canary, ArmCounts.Builder stable) {
        RolloutSpec latency = new RolloutSpec(
                spec.route(),
                spec.control(),
                spec.candidates(),
                spec.strategy(),
                spec.steps(),
                List.of(MetricSpec.Latency.P99),
                spec.rules(),
                spec.bandit());
        return new EvidenceJudge()
                .judge(latency, state(epoch(1, 5000, canary, stable)), List.of())
                .of("canary")
                .getFirst();
    }

    /// One of the candidate's callers asks for what takes ten times as long, four times a second.
    @Test
    void aBusyUnitIsNotAsManySlowAnswersAsItAsksFor() {
        ArmCounts.Builder busy = new ArmCounts.Builder()
                .latency(millis(10_000, 1_200), LatencySnapshot.EMPTY)
                .latencyOnce(millis(4_000, 1));
        ArmCounts.Builder stable = new ArmCounts.Builder()
                .latency(millis(10_000, 10), LatencySnapshot.EMPTY)
                .latencyOnce(millis(4_000, 4));
        assertThat(p99(busy, stable).verdict()).as("nor does it prove anything").isEqualTo(Verdict.INSUFFICIENT);
        ArmCounts.Builder slow = new ArmCounts.Builder()
                .latency(millis(10_000, 1_200), LatencySnapshot.EMPTY)
                .latencyOnce(millis(3_600, 400));
        assertThat(p99(slow, stable).verdict()).isEqualTo(Verdict.FAIL);
    }

    @Test
    void whatAnArmEndsThatHasNoShareAnyMoreIsNoMismatch() {
        Map<String, Integer> weights = Map.of("canary", 2000, "other", 0, "stable", 8000);
        Epoch epoch = new Epoch(
                0,
                weights,
                Map.of(
                        "canary", counts(200, 0).firstExposures(200).build(),
                        "other", counts(1, 0).firstExposures(1).build(),
                        "stable", counts(800, 0).firstExposures(800).build()),
                Map.of());
        assertThat(judged(epoch).mismatch()).isFalse();
    }

    private static ArmCounts.Builder abandoned(long eligible, long abandoned) {
        return counts(eligible - abandoned, 0).abandoned(abandoned).once(new OnceCounts(eligible, 0, abandoned, 0));
    }

    /// It neither fails nor answers: callers go away, who do not know that they have the candidate.
    @Test
    void aCandidateWhoseCallersGoAwayFails() {
        Epoch hangs = epoch(1, 1000, abandoned(20, 20), abandoned(180, 1));
        assertThat(reading("errors", hangs).verdict()).isEqualTo(Verdict.FAIL);
        assertThat(reading("errors", hangs).detail()).contains("callers went away from 20 (100.00%) and 1 (0.56%)");
        Epoch impatient = epoch(1, 5000, abandoned(50_000, 2_500), abandoned(50_000, 2_500));
        assertThat(reading("errors", impatient).verdict()).isEqualTo(Verdict.PASS);
        Epoch few = epoch(1, 5000, abandoned(50_000, 100), abandoned(50_000, 60));
        assertThat(reading("errors", few).verdict())
                .as("1.7 times as many may be")
                .isEqualTo(Verdict.INSUFFICIENT);
        Epoch alone = epoch(1, 10_000, abandoned(200, 200), counts(0, 0));
        assertThat(reading("errors", epoch(0, 1000, counts(1_000, 0), counts(9_000, 0)), alone)
                        .verdict())
                .isEqualTo(Verdict.FAIL);
    }

    private static ArmCounts.Builder refused(long eligible, long refused) {
        return counts(eligible - refused, 0).refused(refused).once(new OnceCounts(eligible, 0, 0, refused));
    }

    /// Its vocabulary is smaller: it calls an invalid argument what the default arm answers.
    @Test
    void aCandidateThatRefusesWhatTheDefaultArmAnswersFails() {
        Epoch refuses = epoch(1, 1000, refused(100, 30), refused(900, 0));
        assertThat(reading("errors", refuses).verdict()).isEqualTo(Verdict.FAIL);
        assertThat(reading("errors", refuses).detail()).contains("refused were 30 (30.00%) and 0 (0.00%)");
    }

    /// Some callers send what nobody takes, to both alike.
    @Test
    void whatCallersDoWrongIsHeldAgainstNobody() {
        Epoch wrong = epoch(1, 5000, refused(50_000, 10_000), refused(50_000, 10_000));
        assertThat(reading("errors", wrong).verdict()).isEqualTo(Verdict.PASS);
        Epoch more = epoch(1, 5000, refused(50_000, 100), refused(50_000, 60));
        assertThat(reading("errors", more).verdict()).isEqualTo(Verdict.INSUFFICIENT);
        Epoch before = epoch(0, 5000, refused(50_000, 10_000), refused(50_000, 10_000));
        Epoch alone = epoch(1, 10_000, refused(50_000, 10_000), counts(0, 0));
        assertThat(reading("errors", before, alone).verdict()).isEqualTo(Verdict.PASS);
        Epoch allRefused = epoch(1, 10_000, refused(500, 500), counts(0, 0));
        assertThat(reading("errors", before, allRefused).verdict()).isEqualTo(Verdict.FAIL);
    }

    /// Two candidates that fail as often as the default arm, in an hour in which all fail more often, or are
    /// busier.
    @Test
    void aWorseHourIsNotHeldAgainstWhoHasAllRequests() {
        Epoch before = epoch(0, 5000, counts(50_000, 500), counts(50_000, 500));
        Epoch worseHour = epoch(1, 10_000, counts(50_000, 1_500), counts(0, 0));
        assertThat(reading("errors", before, worseHour).verdict()).isNotEqualTo(Verdict.FAIL);
        Epoch busy = epoch(1, 10_000, counts(500_000, 5_000).once(10_000, 4_000), counts(0, 0));
        assertThat(reading("errors", before, busy).verdict()).isNotEqualTo(Verdict.FAIL);
    }

    @Test
    void whoHasAllRequestsAndFailsMoreThanMayFailIsJudgedByNumbersThatAreTold() {
        Epoch before = epoch(0, 5000, counts(50_000, 500), counts(50_000, 500));
        Epoch broken = epoch(1, 10_000, counts(2_000, 200), counts(0, 0));
        MetricReading reading = reading("errors", before, broken);
        assertThat(reading.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(reading.detail())
                .contains("200 of 2000", "10.00%", "objective: 5.00%, rolled back above 5.00%", "500 of 50000 (1.00%)");
        assertThat(reading.estimate().value()).isEqualTo(10, within(1e-9));
        assertThat(reading.estimate().lower()).isGreaterThan(5).isLessThan(10);
        assertThat(reading.estimate().upper()).isGreaterThan(10);
    }

    @Test
    void whoHasAllRequestsPassesOnceItCertainlyFailsSeldomEnough() {
        Epoch before = epoch(0, 5000, counts(50_000, 500), counts(50_000, 500));
        assertThat(reading("errors", before, epoch(1, 10_000, counts(50, 0), counts(0, 0)))
                        .verdict())
                .isEqualTo(Verdict.INSUFFICIENT);
        assertThat(reading("errors", before, epoch(1, 10_000, counts(500, 5), counts(0, 0)))
                        .verdict())
                .isEqualTo(Verdict.PASS);
    }

    /// At night nearly all goes to the default arm and one in ten fails, by day half and one in a thousand: the
    /// ratio of the totals is 0.16.
    @Test
    void theRatioOfErrorsIsThatOfRequestsOfTheSameTime() {
        Epoch night = epoch(0, 1000, counts(1_000, 100), counts(9_000, 900));
        Epoch day = epoch(1, 5000, counts(100_000, 100), counts(100_000, 100));
        MetricReading.Estimate ratio = reading("errors", night, day).estimate();
        assertThat(ratio.value()).isEqualTo(1, within(1e-9));
        assertThat(ratio.value()).isBetween(ratio.lower(), ratio.upper());
    }

    /// A bucket was answered before the step was judged, and fails now.
    @Test
    void moreFailuresThanRequestsOfASubWindowAreJudged() {
        Epoch before = epoch(0, 1000, counts(1_000, 0), counts(9_000, 0));
        Epoch alone = epoch(1, 10_000, counts(140, 100).once(40, 100), counts(0, 0));
        assertThat(reading("errors", before, alone).verdict()).isEqualTo(Verdict.FAIL);
        Epoch beside = epoch(1, 5000, counts(140, 100).once(40, 100), counts(140, 0));
        assertThat(reading("errors", before, beside).verdict()).isNotEqualTo(Verdict.PASS);
    }

    @Test
    void whatThrowsIsOneMetric() {
        RolloutSpec copies = new RolloutSpec(
                spec.route(),
                spec.control(),
                spec.candidates(),
                spec.strategy(),
                spec.steps(),
                List.of(MetricSpec.Errors.STANDARD, MetricSpec.Disagreement.STANDARD),
                spec.rules(),
                spec.bandit());
        Epoch counted = epoch(1, 5000, counts(9_000, 900), counts(9_000, 9));
        Epoch bad = new Epoch(
                1,
                counted.weights(),
                counted.counts(),
                Map.of("canary", new Compared(3, 7, 0, GroupSums.EMPTY, GroupSums.EMPTY)));

        List<MetricReading> readings =
                new EvidenceJudge().judge(copies, state(bad), List.of()).of("canary");

        assertThat(readings).extracting(MetricReading::verdict).containsExactly(Verdict.FAIL, Verdict.INSUFFICIENT);
        assertThat(readings.getLast().detail()).startsWith("what was counted cannot be judged: ");
    }

    private static GroupSums sums(long count, double sum) {
        long[] counts = new long[GroupSums.GROUPS];
        counts[0] = count;
        double[] sums = new double[GroupSums.GROUPS];
        sums[0] = sum;
        return new GroupSums(counts, sums, sums);
    }

    @Test
    void whatIsNotKnownIsSaidForWhatItIs() {
        Epoch rewarded =
                epoch(1, 5000, counts(900, 0).rewards(right(10)), counts(900, 0).rewards(right(10)));
        assertThat(reading("quality", rewarded).detail())
                .isEqualTo("there are no labels of both arms in this step yet");
        assertThat(drift(epoch(1, 10_000, counts(900, 0), counts(0, 0))))
                .startsWith("it never had a share beside the default arm");
        assertThat(drift(epoch(1, 5000, counts(900, 0), counts(900, 0))))
                .startsWith("answers of this model are not counted");
    }

    private String drift(Epoch epoch) {
        RolloutSpec drifting = new RolloutSpec(
                spec.route(),
                spec.control(),
                spec.candidates(),
                spec.strategy(),
                spec.steps(),
                List.of(MetricSpec.PredictionDrift.STANDARD),
                spec.rules(),
                spec.bandit());
        return new EvidenceJudge()
                .judge(drifting, state(epoch), List.of())
                .of("canary")
                .getFirst()
                .detail();
    }

    /// One caller tells what has no sum, or another release what cannot be counted: errors are judged
    /// nevertheless.
    @Test
    void whatCannotBeJudgedKeepsNothingElseFromBeingJudged() {
        for (GroupSums told : List.of(sums(2, Double.POSITIVE_INFINITY), sums(2, Double.NaN), sums(-1, 1))) {
            Epoch bad = epoch(
                    1,
                    5000,
                    counts(9_000, 900).rewards(told).right(told),
                    counts(9_000, 9).right(right(10)));
            assertThat(reading("quality", bad).verdict()).isEqualTo(Verdict.INSUFFICIENT);
            assertThat(reading("errors", bad).verdict()).isEqualTo(Verdict.FAIL);
        }
    }

    /// A busy unit makes nearly all requests, and 14 of a thousand others are refused.
    @Test
    void whoRefusesFewRequestsOfManyUnitsIsNotProven() {
        ArmCounts.Builder stable =
                counts(1_000_000, 400).refused(8).once(new OnceCounts(1_000, 200, 0, 8));
        Epoch few = epoch(
                1, 5000, counts(1_000_000, 400).refused(14).once(new OnceCounts(1_000, 200, 0, 14)), stable);
        assertThat(reading("errors", few).verdict()).isEqualTo(Verdict.INSUFFICIENT);
        Epoch none = epoch(1, 5000, counts(1_000_000, 400).once(1_000, 200), stable);
        assertThat(reading("errors", none).verdict()).isEqualTo(Verdict.PASS);
    }

    /// As it was recorded before there was an upper end.
    @Test
    void aMarginBeyondAllKeepsNothingFromBeingJudged() {
        double beyond = Double.POSITIVE_INFINITY;
        RolloutSpec odd = new RolloutSpec(
                "digits",
                "stable",
                List.of(new Candidate("canary", "digits", 2)),
                Strategy.EXPERIMENT,
                spec.steps(),
                List.of(
                        new MetricSpec.Errors(beyond, beyond, 0.001, true),
                        new MetricSpec.Latency(0.5, 1e6, beyond, true),
                        MetricSpec.Latency.P99),
                Rules.STANDARD,
                BanditSpec.STANDARD);
        Epoch slower = epoch(0, 1000, counts(10_000, 100), counts(90_000, 900));

        Judgement judged = new EvidenceJudge().judge(odd, state(slower), List.of());

        assertThat(judged.of("canary")).hasSize(3).allSatisfy(reading -> {
            assertThat(reading.verdict()).isEqualTo(Verdict.PASS);
            assertThat(reading.evidence().rollback()).isNotNaN();
        });
    }
}
