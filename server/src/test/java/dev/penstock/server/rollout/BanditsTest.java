package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.GroupSums;
import dev.penstock.router.arms.GroupTally;
import dev.penstock.router.rollout.BanditSpec;
import dev.penstock.router.rollout.Candidate;
import dev.penstock.router.rollout.EvidenceJudge;
import dev.penstock.router.rollout.Observation;
import dev.penstock.router.rollout.Observation.Readiness;
import dev.penstock.router.rollout.RolloutMachine;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.rollout.Rules;
import dev.penstock.router.rollout.Strategy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What a bandit learns from.
final class BanditsTest {
    private static final RolloutSpec SPEC = new RolloutSpec(
            "r",
            "stable",
            List.of(new Candidate("canary", "m", 2)),
            Strategy.BANDIT,
            RolloutSpec.standardSteps(Strategy.BANDIT),
            RolloutSpec.STANDARD_METRICS,
            Rules.STANDARD,
            BanditSpec.STANDARD);

    private static GroupSums told(int times, double value) {
        GroupTally tally = new GroupTally();
        for (int i = 0; i < times; i++) {
            tally.add(i % GroupSums.GROUPS, value);
        }
        return tally.sums();
    }

    private static final RolloutMachine MACHINE = new RolloutMachine(new EvidenceJudge());

    private static RolloutState tick(RolloutState state, Map<String, ArmCounts> counts, int second) {
        Observation seen =
                new Observation(true, counts, Map.of(), Map.of("canary", Readiness.READY), Map.of(), List.of());
        return MACHINE.tick(SPEC, state, seen, second * 1000L).state();
    }

    /// At a tenth for the candidate, once its shares have settled.
    private static RolloutState told(ArmCounts.Builder stable, ArmCounts.Builder canary) {
        RolloutState state = RolloutState.pending(SPEC, 0);
        for (int second = 1; second < 40; second++) {
            state = tick(state, Map.of(), second);
        }
        assertThat(state.weights()).containsEntry("canary", 1_000);
        return tick(state, Map.of("stable", stable.build(), "canary", canary.build()), 40);
    }

    private static int next(ArmCounts.Builder stable, ArmCounts.Builder canary) {
        return Bandits.next(SPEC, told(stable, canary)).getOrDefault("canary", 0);
    }

    @Test
    void whatWasSaidBeforeManyChangesOfSharesCountsStill() {
        RolloutState state =
                told(new ArmCounts.Builder().rewards(told(200, 0.9)), new ArmCounts.Builder().rewards(told(200, 0.1)));
        Map<String, ArmCounts> one =
                Map.of("stable", new ArmCounts.Builder().firstExposures(1).build());
        for (int i = 1; i <= 200; i++) {
            state = MACHINE.reweight(SPEC, state, Map.of("canary", 1_000 + i), (40 + i) * 1000L)
                    .state();
            state = tick(state, one, 40 + i);
        }
        assertThat(state.epochs()).hasSizeLessThan(200);

        assertThat(Bandits.next(SPEC, state)).containsEntry("canary", BanditSpec.STANDARD.floor());
    }

    @Test
    void whatIsSaidOfAnswersOfEarlierSharesCounts() {
        int worse = next(
                new ArmCounts.Builder().late(told(200, 0.9), GroupSums.EMPTY),
                new ArmCounts.Builder().late(told(200, 0.1), GroupSums.EMPTY));
        assertThat(worse).isEqualTo(BanditSpec.STANDARD.floor());
    }

    /// Of 200 rewards, one of three of 1.
    private static GroupSums told(int groups) {
        GroupTally tally = new GroupTally();
        for (int i = 0; i < 200; i++) {
            tally.add(i % groups, i % 3 == 0 ? 1 : 0);
        }
        return tally.sums();
    }

    @Test
    void whatOneUnitSaysAgainAndAgainDecidesLess() {
        for (boolean late : new boolean[] {false, true}) {
            ArmCounts.Builder stable = new ArmCounts.Builder();
            GroupSums half = told(200, 0).plus(told(200, 1));
            var _ = late ? stable.late(half, GroupSums.EMPTY) : stable.rewards(half);
            int many = next(stable, rewarded(late, told(GroupSums.GROUPS)));
            int one = next(stable, rewarded(late, told(1)));

            assertThat(many).isLessThan(2 * BanditSpec.STANDARD.floor());
            assertThat(one).as("towards the half").isGreaterThan(1_000);
        }
    }

    private static ArmCounts.Builder rewarded(boolean late, GroupSums sums) {
        ArmCounts.Builder counts = new ArmCounts.Builder();
        return late ? counts.late(sums, GroupSums.EMPTY) : counts.rewards(sums);
    }

    /// The candidate answers all rightly, and nobody says what that is worth.
    @Test
    void rewardsOfOneArmAreNotComparedWithRightAnswersOfTheOther() {
        int even = next(new ArmCounts.Builder().rewards(told(200, 0.1)), new ArmCounts.Builder().right(told(200, 1)));
        int unknown = next(new ArmCounts.Builder().rewards(told(200, 0.1)), new ArmCounts.Builder());
        assertThat(even).isEqualTo(unknown);
        int worse = next(
                new ArmCounts.Builder().rewards(told(200, 0.9)).right(told(200, 0)),
                new ArmCounts.Builder().rewards(told(200, 0.1)).right(told(200, 1)));
        assertThat(worse).isEqualTo(BanditSpec.STANDARD.floor());
    }

    /// One caller says what one answer is worth; of thousands it is known whether they were right.
    @Test
    void oneRewardDoesNotEndWhatLabelsSay() {
        int worse = next(
                new ArmCounts.Builder().right(told(200, 0.9)).rewards(told(1, 1)),
                new ArmCounts.Builder().right(told(200, 0.1)));
        assertThat(worse).isEqualTo(BanditSpec.STANDARD.floor());
    }

    /// An answer is worth 0.8 by day and 0.2 by night, whoever gives it, and the candidate has most of the
    /// nights.
    @Test
    void armsAreComparedWhateverTheirSharesWereWhen() {
        RolloutState state =
                told(new ArmCounts.Builder().rewards(told(900, 0.8)), new ArmCounts.Builder().rewards(told(100, 0.8)));
        state = MACHINE.reweight(SPEC, state, Map.of("canary", 8_000), 41_000L).state();
        Map<String, ArmCounts> night = Map.of(
                "stable", new ArmCounts.Builder().rewards(told(200, 0.2)).build(),
                "canary", new ArmCounts.Builder().rewards(told(800, 0.2)).build());
        state = tick(state, night, 42);
        assertThat(state.weights()).containsEntry("canary", 8_000);

        // One step at most, towards the half.
        assertThat(Bandits.next(SPEC, state).getOrDefault("canary", 0)).isBetween(7_000, 7_999);
        RolloutState even =
                MACHINE.reweight(SPEC, state, Map.of("canary", 5_000), 43_000L).state();
        assertThat(Bandits.next(SPEC, even).getOrDefault("canary", 0)).isBetween(4_500, 5_500);
    }
}
