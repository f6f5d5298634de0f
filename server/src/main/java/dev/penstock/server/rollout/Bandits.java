package dev.penstock.server.rollout;

import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.GroupSums;
import dev.penstock.router.bandit.Bandit;
import dev.penstock.router.bandit.BanditPolicy;
import dev.penstock.router.bandit.RewardSums;
import dev.penstock.router.bandit.UnitSpread;
import dev.penstock.router.bandit.WeighedRewards;
import dev.penstock.router.evidence.JackknifeSums;
import dev.penstock.router.rollout.BanditSpec;
import dev.penstock.router.rollout.Candidate;
import dev.penstock.router.rollout.Epoch;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.RolloutState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The shares that a bandit's arms get next. Rewards have to be from 0 to 1; others count as the nearer of
/// these. Pure.
final class Bandits {
    private Bandits() {}

    /// @return by candidate, in 1/10,000
    static Map<String, Integer> next(RolloutSpec spec, RolloutState state) {
        List<String> arms = new ArrayList<>(List.of(spec.control()));
        for (Candidate candidate : spec.candidates()) {
            if (!state.isDropped(candidate.arm())) {
                arms.add(candidate.arm());
            }
        }
        int[] weights = new int[arms.size()];
        weights[0] = Bandit.ALL;
        for (int i = 1; i < weights.length; i++) {
            weights[i] = state.weights().getOrDefault(arms.get(i), 0);
            weights[0] -= weights[i];
        }
        BanditSpec asked = spec.bandit();
        int[] next = new Bandit(
                        policy(asked),
                        Math.min(asked.floor(), Bandit.ALL / weights.length),
                        asked.maxStep(),
                        asked.minFeedback())
                .next(rewards(spec, state, arms), weights);
        Map<String, Integer> shares = new HashMap<>();
        for (int i = 1; i < next.length; i++) {
            shares.put(arms.get(i), Math.min(next[i], spec.maxWeight()));
        }
        return shares;
    }

    private static BanditPolicy policy(BanditSpec asked) {
        return switch (asked.policy()) {
            case THOMPSON -> new BanditPolicy.Thompson();
            case EPSILON_GREEDY -> new BanditPolicy.EpsilonGreedy(asked.epsilon());
            case UCB1 -> new BanditPolicy.UpperConfidence();
        };
    }

    /// By answers of which it is known what share their arm had: what an answer is worth may change with the
    /// hour while shares do. Where these are too few, as most is said late, by all.
    private static List<RewardSums> rewards(RolloutSpec spec, RolloutState state, List<String> arms) {
        // Of all arms alike: a reward and a right answer are not worth the same. A single reward would else end
        // what all labels say.
        long enough = spec.bandit().minFeedback();
        boolean rewarded = arms.stream().allMatch(arm -> all(state, arm, true).feedbacks() >= enough);
        boolean known =
                arms.stream().allMatch(arm -> state.earned(arm, rewarded).feedbacks() >= enough);
        return arms.stream()
                .map(arm -> known ? earned(state, arm, rewarded) : all(state, arm, rewarded))
                .toList();
    }

    private static RewardSums earned(RolloutState state, String arm, boolean rewarded) {
        return state.earned(arm, rewarded).even(state.spread(arm, rewarded).factor());
    }

    private static RewardSums all(RolloutState state, String arm, boolean rewarded) {
        GroupSums all = GroupSums.EMPTY;
        for (Epoch epoch : state.all()) {
            ArmCounts counts = epoch.counts(arm);
            all = all.plus(rewarded ? counts.earned() : counts.right())
                    .plus(rewarded ? counts.lateEarned() : counts.lateRight());
        }
        if (!all.isSound()) {
            return RewardSums.none();
        }
        double squares = Arrays.stream(all.squares()).sum();
        UnitSpread spread = UnitSpread.none().plus(1, JackknifeSums.of(all.counts(), all.sums()), squares);
        return WeighedRewards.of(1, all.count(), all.sum(), squares).even(spread.factor());
    }
}
