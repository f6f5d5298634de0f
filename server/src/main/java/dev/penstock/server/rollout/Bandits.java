package dev.penstock.server.rollout;

import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.GroupSums;
import dev.penstock.router.bandit.Bandit;
import dev.penstock.router.bandit.BanditPolicy;
import dev.penstock.router.bandit.RewardSums;
import dev.penstock.router.rollout.BanditSpec;
import dev.penstock.router.rollout.Candidate;
import dev.penstock.router.rollout.Epoch;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.RolloutState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The shares that a bandit's arms get next. Rewards have to be from 0 to 1; others count as the nearer of
/// these.
/// Pure.
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
        List<RewardSums> rewards = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            rewards.add(rewards(state, arms.get(i)));
            if (i > 0) {
                weights[i] = state.weights().getOrDefault(arms.get(i), 0);
                weights[0] -= weights[i];
            }
        }
        BanditSpec asked = spec.bandit();
        int[] next = new Bandit(
                        policy(asked),
                        Math.min(asked.floor(), Bandit.ALL / weights.length),
                        asked.maxStep(),
                        asked.minFeedback())
                .next(rewards, weights);
        Map<String, Integer> shares = new HashMap<>();
        for (int i = 1; i < next.length; i++) {
            shares.put(arms.get(i), Math.min(next[i], spec.maxWeight()));
        }
        return shares;
    }

    private static BanditPolicy policy(BanditSpec asked) {
        return switch (asked.policy()) {
            case THOMPSON -> new BanditPolicy.Thompson(BanditPolicy.Rewards.REAL, 1);
            case EPSILON_GREEDY -> new BanditPolicy.EpsilonGreedy(asked.epsilon());
            case UCB1 -> new BanditPolicy.UpperConfidence();
        };
    }

    private static RewardSums rewards(RolloutState state, String arm) {
        GroupSums all = GroupSums.EMPTY;
        // Of all arms alike: a reward and a right answer are not worth the same.
        boolean rewarded = state.isRewarded();
        for (Epoch epoch : state.all()) {
            ArmCounts counts = epoch.counts(arm);
            all = all.plus(rewarded ? counts.rewards() : counts.right())
                    .plus(rewarded ? counts.lateRewards() : counts.lateRight());
        }
        double count = (double) all.count();
        double sum = Math.clamp(all.sum(), 0, count);
        double squares = 0;
        for (int i = 0; i < GroupSums.GROUPS; i++) {
            squares += all.squares(i);
        }
        return new RewardSums(all.count(), count, sum, Math.clamp(squares, 0, sum));
    }
}
