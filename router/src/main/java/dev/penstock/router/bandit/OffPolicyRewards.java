package dev.penstock.router.bandit;

import dev.penstock.core.Check;
import dev.penstock.router.evidence.AsymptoticSequence;
import dev.penstock.router.evidence.JackknifeSums;

/// What an arm would have earned had it got all requests, from those that it got by chance: each reward counts
/// as
/// often as the chance of getting that arm was small. Immutable.
///
/// @param rewards reward over chance; 0 where another arm was chosen
/// @param weights 1 over chance; 0 where another arm was chosen
public record OffPolicyRewards(JackknifeSums rewards, JackknifeSums weights) {
    public static OffPolicyRewards none() {
        return new OffPolicyRewards(JackknifeSums.none(), JackknifeSums.none());
    }

    /// One more request with a reward, whichever arm it got.
    ///
    /// @param group of its unit, 0..63
    /// @param chosen whether it got this arm
    /// @param reward finite
    /// @param chance that it had to get the arm that it got, in (0, 1]
    public OffPolicyRewards plus(int group, boolean chosen, double reward, double chance) {
        Check.argument(chance > 0 && chance <= 1, "chance: %s (expected: in (0, 1])", chance);
        double weight = chosen ? 1 / chance : 0;
        return new OffPolicyRewards(rewards.plus(group, weight * reward), weights.plus(group, weight));
    }

    /// Those of both, such as of two replicas.
    public OffPolicyRewards plus(OffPolicyRewards other) {
        return new OffPolicyRewards(rewards.plus(other.rewards), weights.plus(other.weights));
    }

    /// Inverse propensity: the mean of all, which is right on average.
    public AsymptoticSequence inversePropensity(double alpha) {
        return AsymptoticSequence.ofMean(rewards, alpha);
    }

    /// Self-normalised: over the sum of the weights, which varies less and stays within the rewards' range
    /// (Swaminathan and Joachims 2015).
    public AsymptoticSequence selfNormalised(double alpha) {
        return AsymptoticSequence.ofRatio(rewards, weights, alpha);
    }
}
