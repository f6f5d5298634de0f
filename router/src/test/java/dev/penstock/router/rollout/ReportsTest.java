package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.core.LatencyScale;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.GroupSums;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What is told and decides nothing.
final class ReportsTest {
    private static final double BASE = 100;

    private static RolloutSpec spec(Strategy strategy) {
        return new RolloutSpec(
                "digits",
                "stable",
                List.of(new Candidate("canary", "digits", 2)),
                strategy,
                List.of(StepSpec.share(1000, Duration.ofMinutes(5), Require.NONE)),
                List.of(MetricSpec.Errors.STANDARD, MetricSpec.Latency.P50, MetricSpec.Latency.P99),
                Rules.STANDARD,
                BanditSpec.STANDARD);
    }

    private static List<Report> reports(Strategy strategy, Epoch... epochs) {
        RolloutSpec spec = spec(strategy);
        RolloutChange change = RolloutState.pending(spec, 0).change();
        for (Epoch epoch : epochs) {
            change.clocks().stepBegins(epoch.step(), 0);
            change.deal(Map.of("canary", epoch.weight("canary")), 0);
            change = change.state().change();
            change.counted().add(spec, new Observation(true, epoch.counts(), Map.of(), Map.of(), Map.of(), List.of()));
            change = change.state().change();
        }
        return new EvidenceJudge().judge(spec, change.state(), List.of()).reports();
    }

    private static Report report(List<Report> reports, String name, String arm) {
        return reports.stream()
                .filter(report -> report.name().equals(name) && report.arm().equals(arm))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " of " + arm + " is not in " + reports));
    }

    private static Epoch epoch(int weight, ArmCounts canary, ArmCounts stable) {
        return new Epoch(
                0,
                Map.of("canary", weight, "stable", StepSpec.ALL - weight),
                Map.of("canary", canary, "stable", stable),
                Map.of());
    }

    /// @param shares of four buckets side by side
    private static ArmCounts answered(long answers, long failed, double... shares) {
        long[] buckets = new long[LatencyScale.BUCKETS];
        for (int i = 0; i < shares.length; i++) {
            buckets[100 + i] = Math.round(shares[i] * (double) answers);
        }
        return new ArmCounts.Builder()
                .latency(LatencySnapshot.of(buckets, 0), LatencySnapshot.EMPTY)
                .latencyOnce(LatencySnapshot.of(buckets, 0))
                .failed(failed)
                .once(answers + failed, failed)
                .build();
    }

    /// Half of the slowest tenth take longer: nobody is rolled back for it, but it is told where.
    @Test
    void whereLatenciesDiffer() {
        ArmCounts stable = answered(90_000, 0, 0.5, 0.4, 0.1);
        List<Report> reports = reports(Strategy.CANARY, epoch(1000, answered(10_000, 0, 0.5, 0.4, 0.05, 0.05), stable));
        assertThat(reports).hasSize(4);
        Report slowest = report(reports, "latency-shift-p90-p100", "canary");
        assertThat(slowest.estimate().value()).isEqualTo(0.05, within(1e-9));
        assertThat(slowest.estimate().lower()).isPositive();
        assertThat(slowest.detail()).startsWith("slower");
        Report fast = report(reports, "latency-shift-p0-p50", "canary");
        assertThat(fast.estimate().value()).isZero();
        assertThat(fast.estimate().lower()).isNegative();
        assertThat(fast.detail()).startsWith("no difference");
        assertThat(reports(Strategy.CANARY, epoch(1000, ArmCounts.EMPTY, stable)))
                .as("of an arm that had no request")
                .isEmpty();
    }

    @Test
    void whatAnotherTestSaysOfErrors() {
        ArmCounts stable = answered(89_100, 900, 1);
        Report same = report(
                reports(Strategy.CANARY, epoch(1000, answered(9_900, 100, 1), stable)), "errors-msprt", "canary");
        assertThat(same.estimate().value()).isEqualTo(0, within(1e-9));
        assertThat(same.evidence().rollback()).isNegative();
        Report worse = report(
                reports(Strategy.CANARY, epoch(1000, answered(9_700, 300, 1), stable)), "errors-msprt", "canary");
        assertThat(worse.estimate().value()).isEqualTo(0.02, within(1e-9));
        assertThat(worse.evidence().rollback()).isGreaterThan(worse.evidence().threshold());
    }

    /// A bandit's shares are others by the time that rewards come.
    @Test
    void whatIsToldLateCountsUnderTheSharesOfItsTime() {
        RolloutSpec spec = spec(Strategy.BANDIT);
        RolloutMachine machine = new RolloutMachine(new EvidenceJudge());
        RolloutChange change = RolloutState.pending(spec, 0).change();
        change.clocks().stepBegins(0, -Duration.ofMinutes(2).toMillis());
        change.to(Phase.ANALYSE, "", "", 0);
        change.deal(Map.of("canary", 8000), 0);
        RolloutState first = see(machine, spec, change.state(), answered(80, 0, 1), answered(20, 0, 1), List.of());
        change = first.change();
        change.deal(Map.of("canary", 2000), 0);
        Epoch late = epoch(8000, rewarded((long) (0.8 * BASE), 0.3), rewarded((long) (0.2 * BASE), 0.2));
        Epoch unknown = epoch(7000, rewarded(1000, 0.9), rewarded(1000, 0.9));
        ArmCounts canary = rewarded((long) (0.2 * BASE), 0.7);
        ArmCounts stable = rewarded((long) (0.8 * BASE), 0.6);

        RolloutState state = see(machine, spec, change.state(), canary, stable, List.of(late, unknown));

        List<Report> reports = state.judged().reports();
        for (String name : List.of("reward-ips", "reward-snips")) {
            assertThat(report(reports, name, "canary").estimate().value())
                    .as(name)
                    .isEqualTo(0.5, within(1e-9));
            assertThat(report(reports, name, "stable").estimate().value())
                    .as(name)
                    .isEqualTo(0.4, within(1e-9));
        }
        assertThat(state.epochs()).hasSize(2);
        assertThat(state.epochs().getLast().counts("canary").lateRewards().count())
                .as("of shares that nobody knows")
                .isEqualTo(64_000);
    }

    /// Another server was told of answers whose shares are forgotten here.
    @Test
    void whatAnotherServerIsToldLateMakesNoSharesOfItsOwn() {
        RolloutSpec spec = spec(Strategy.BANDIT);
        RolloutChange change = RolloutState.pending(spec, 0).change();
        change.deal(Map.of("canary", 2000), 0);
        Epoch known = epoch(2000, answered(20, 0, 1), answered(80, 0, 1));
        Epoch forgotten = epoch(7000, rewarded(1, 0.9), rewarded(1, 0.9));
        Tally tally = new Tally("there/1", 1, List.of(known, forgotten), 0);
        RolloutState state = change.state().plus(spec, List.of(tally), 0);

        assertThat(state.epochs()).singleElement().satisfies(epoch -> {
            assertThat(epoch.weight("canary")).isEqualTo(2000);
            assertThat(epoch.counts("canary").rewards().count()).isZero();
            assertThat(epoch.counts("canary").lateRewards().count()).isEqualTo(GroupSums.GROUPS);
        });
    }

    private static RolloutState see(
            RolloutMachine machine,
            RolloutSpec spec,
            RolloutState state,
            ArmCounts canary,
            ArmCounts stable,
            List<Epoch> late) {
        Map<String, ArmCounts> counts = Map.of("canary", canary, "stable", stable);
        Map<String, Observation.Readiness> ready = Map.of("canary", Observation.Readiness.READY);
        Observation seen = new Observation(true, counts, Map.of(), late, ready, Map.of(), List.of());
        return machine.tick(spec, state, seen, 60_000 + state.tickMillis()).state();
    }

    /// Labels came first, and rewards only later: what became of the epochs that are not kept is not worth
    /// what the others are.
    @Test
    void rightAnswersAreNoRewards() {
        RolloutSpec spec = spec(Strategy.BANDIT);
        RolloutState state = RolloutState.pending(spec, 0);
        for (int i = 0; i < Epochs.MOST + 20; i++) {
            ArmCounts told = i < 30 ? right(10) : rewarded(10, 0.3);
            RolloutChange change = state.change();
            change.deal(Map.of("canary", 1000 + i), 0);
            change = change.state().change();
            Map<String, ArmCounts> counts = Map.of("canary", told, "stable", told);
            change.counted().add(spec, new Observation(true, counts, Map.of(), Map.of(), Map.of(), List.of()));
            state = change.state();
        }
        assertThat(state.past().totals()).as("20 epochs are forgotten").hasSize(1);
        List<Report> reports = new EvidenceJudge().judge(spec, state, List.of()).reports();
        assertThat(report(reports, "reward-snips", "canary").estimate().value()).isEqualTo(0.3, within(0.001));
    }

    private static ArmCounts right(long each) {
        return new ArmCounts.Builder().right(rewarded(each, 1).rewards()).build();
    }

    /// In each group so many rewards of that value, a little more in some than in others.
    private static ArmCounts rewarded(long each, double value) {
        long[] counts = new long[GroupSums.GROUPS];
        double[] sums = new double[GroupSums.GROUPS];
        for (int group = 0; group < GroupSums.GROUPS; group++) {
            counts[group] = each;
            sums[group] = (double) each * (value + (group % 2 == 0 ? 0.01 : -0.01));
        }
        return new ArmCounts.Builder()
                .rewards(new GroupSums(counts, sums, sums))
                .build();
    }

    /// When the candidate had most of the traffic, rewards were lower by 0.4, for both: plain means have it
    /// that the candidate earns less, though it always earns 0.1 more.
    @Test
    void whatEachArmWouldHaveEarnedAlone() {
        Epoch good = epoch(2000, rewarded((long) (0.2 * BASE), 0.7), rewarded((long) (0.8 * BASE), 0.6));
        Epoch bad = epoch(8000, rewarded((long) (0.8 * BASE), 0.3), rewarded((long) (0.2 * BASE), 0.2));
        List<Report> reports = reports(Strategy.BANDIT, good, bad);
        for (String name : List.of("reward-ips", "reward-snips")) {
            Report canary = report(reports, name, "canary");
            Report stable = report(reports, name, "stable");
            assertThat(canary.estimate().value()).as(name).isEqualTo(0.5, within(1e-9));
            assertThat(stable.estimate().value()).as(name).isEqualTo(0.4, within(1e-9));
            assertThat(canary.estimate().lower()).as(name).isLessThan(0.5).isGreaterThan(0.45);
        }
        assertThat(reports(Strategy.CANARY, good, bad))
                .as("a canary is judged by the difference")
                .noneMatch(report -> report.name().startsWith("reward"));
        Epoch none = epoch(5000, answered(100, 0, 1), answered(100, 0, 1));
        assertThat(reports(Strategy.EXPERIMENT, none))
                .as("without rewards")
                .noneMatch(report -> report.name().startsWith("reward"));
    }
}
