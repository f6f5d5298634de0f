package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.GroupSums;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What feedback says of a candidate, where it is easily misread.
final class FeedbackJudgeTest extends EvidenceJudgeTests {
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
            change.counted().add(bandit, new Observation(true, counts, Map.of(), Map.of(), Map.of(), List.of()));
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

    private static Epoch told(int step, GroupSums canary, GroupSums usual) {
        return epoch(
                step,
                step == 0 ? 1000 : 5000,
                counts(500, 0).right(canary),
                counts(500, 0).right(usual));
    }

    /// Of a canary with two steps.
    private MetricReading quality(Epoch... epochs) {
        List<StepSpec> steps = List.of(
                StepSpec.share(1000, Duration.ofMinutes(5), Require.NOT_WORSE),
                StepSpec.share(5000, Duration.ofMinutes(5), Require.PROVEN));
        return quality(with(steps, 0.05), epochs);
    }

    private MetricReading quality(RolloutSpec asked, Epoch... epochs) {
        return new EvidenceJudge()
                .judge(asked, state(epochs), List.of()).of("canary").stream()
                        .filter(reading -> reading.metric().equals(QUALITY.name()))
                        .findFirst()
                        .orElseThrow();
    }

    /// Nobody knows what was right before the next step has begun.
    @Test
    void whatIsSaidLateOfAnEarlierStepJudges() {
        Epoch now = told(1, GroupSums.EMPTY, GroupSums.EMPTY);
        Epoch worse = told(0, right(50, 100), right(720, 900));
        assertThat(quality(worse, now).verdict()).isEqualTo(Verdict.FAIL);
        Epoch better = told(0, right(900, 1_000), right(8_010, 9_000));
        assertThat(quality(better, now).verdict()).isEqualTo(Verdict.PASS);
    }

    @Test
    void whoBecomesWorseIsFoundByThePresentStepAlone() {
        Epoch good = told(0, right(9_000, 10_000), right(9_000, 10_000));
        MetricReading reading = quality(good, told(1, right(10, 20), right(16, 20)));
        assertThat(reading.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(reading.detail()).contains("0.8250 in this step");
    }

    /// So little that nobody is rolled back for it.
    @Test
    void whatIsLowerInThisStepKeepsFromPassingWhatWasProvenBefore() {
        Epoch better = told(0, right(900, 1_000), right(8_010, 9_000));
        assertThat(quality(better, told(1, right(16, 20), right(16, 20))).verdict())
                .isEqualTo(Verdict.PASS);
        MetricReading lower = quality(better, told(1, right(15, 20), right(16, 20)));
        assertThat(lower.verdict()).isEqualTo(Verdict.INSUFFICIENT);
        assertThat(lower.suspected()).isTrue();
        assertThat(lower.detail()).endsWith("what is said of this step alone is lower");
    }

    /// What is known is of the step before; of this one nothing is.
    @Test
    void whatIsLowerInAllStepsKeepsFromGoingOn() {
        Epoch now = told(1, GroupSums.EMPTY, GroupSums.EMPTY);
        assertThat(quality(told(0, right(16, 20), right(16, 20)), now).isNotWorse())
                .isTrue();
        MetricReading lower = quality(told(0, right(15, 20), right(16, 20)), now);
        assertThat(lower.verdict()).isEqualTo(Verdict.INSUFFICIENT);
        assertThat(lower.isNotWorse()).isFalse();
        assertThat(lower.detail()).endsWith("(allowed: 0.0010 less)");
    }

    @Test
    void norDoesOneGoOnThatHasOneStep() {
        RolloutSpec one = with(List.of(StepSpec.share(1000, Duration.ofMinutes(5), Require.NOT_WORSE)), 0.05);
        MetricReading lower = quality(one, told(0, right(15, 20), right(16, 20)));
        assertThat(lower.verdict()).isEqualTo(Verdict.INSUFFICIENT);
        assertThat(lower.isNotWorse()).isFalse();
        assertThat(quality(one, told(0, right(16, 20), right(16, 20))).isNotWorse())
                .isTrue();
    }

    /// All steps together have half of what feedback may cost. Four steps of which each begins with nothing may
    /// not cost four times as much.
    @Test
    void whatFeedbackMayCostIsShared() {
        StepSpec first = StepSpec.share(1000, Duration.ofMinutes(5), Require.NOT_WORSE);
        StepSpec second = StepSpec.share(5000, Duration.ofMinutes(5), Require.PROVEN);
        List<StepSpec> steps = List.of(
                StepSpec.shadow(5000, Duration.ofMinutes(5)),
                first,
                second,
                StepSpec.share(9000, Duration.ofMinutes(5), Require.NOT_WORSE),
                StepSpec.share(9500, Duration.ofMinutes(5), Require.NOT_WORSE),
                StepSpec.share(StepSpec.ALL, Duration.ofMinutes(5), Require.NOT_WORSE));
        Epoch good = told(0, right(9_000, 10_000), right(9_000, 10_000));
        Epoch same = told(1, right(100), right(100));
        Epoch worse = told(1, right(10, 20), right(16, 20));

        double whole = lower(with(steps, 0.08), good, same);
        assertThat(whole).isEqualTo(lower(with(List.of(second, second), 0.08), good, same), within(1e-12));
        assertThat(whole).isEqualTo(lower(with(List.of(second), 0.04), good, same), within(1e-12));

        double four = lower(with(steps, 0.08), good, worse);
        assertThat(four).isEqualTo(lower(with(List.of(second, second), 0.04), good, worse), within(1e-12));
        assertThat(four).isNotEqualTo(lower(with(List.of(second, second), 0.08), good, worse));
    }

    /// Two candidates that have all there is leave the control nothing, until one of them is dropped: then it
    /// is compared in that step, too.
    @Test
    void aStepThatACandidateIsDroppedInMayNotCostMore() {
        StepSpec some = StepSpec.share(2000, Duration.ofMinutes(5), Require.NONE);
        StepSpec all = StepSpec.share(5000, Duration.ofMinutes(5), Require.NONE);
        Epoch good = told(0, right(9_000, 10_000), right(9_000, 10_000));
        Epoch afterwards = told(1, right(100), right(100));

        double lower = lower(experiment(List.of(some, all)), good, afterwards);

        assertThat(lower).isEqualTo(lower(experiment(List.of(some, some)), good, afterwards), within(1e-12));
        assertThat(lower).isLessThan(lower(experiment(List.of(some)), good, afterwards));
    }

    private RolloutSpec experiment(List<StepSpec> steps) {
        return new RolloutSpec(
                spec.route(),
                spec.control(),
                List.of(new Candidate("canary", "digits", 2), new Candidate("other", "digits", 3)),
                Strategy.EXPERIMENT,
                steps,
                spec.metrics(),
                spec.rules(),
                spec.bandit());
    }

    private double lower(RolloutSpec asked, Epoch... epochs) {
        return quality(asked, epochs).estimate().lower();
    }
}
