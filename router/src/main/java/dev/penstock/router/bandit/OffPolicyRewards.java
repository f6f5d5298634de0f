package dev.penstock.router.bandit;

import dev.penstock.core.Check;
import dev.penstock.router.evidence.AsymptoticSequence;
import dev.penstock.router.evidence.JackknifeSums;

/// What an arm would have earned had it got all requests, from those that it got by chance: each reward
/// counts as often as the chance of getting that arm was small. Immutable.
///
/// @param rewards reward over chance; 0 where another arm was chosen
/// @param weights 1 over chance; 0 where another arm was chosen
public record OffPolicyRewards(JackknifeSums rewards, JackknifeSums weights) {
    public static OffPolicyRewards none() {
        return new OffPolicyRewards(JackknifeSums.none(), JackknifeSums.none());
    }

    /// Requests with a reward, while all arms had the same chances.
    ///
    /// @param chance that a request had to get this arm, in (0, 1]
    /// @param told rewards of those that got it
    /// @param all how many got any arm, by group, 64
    public OffPolicyRewards plus(double chance, JackknifeSums told, long[] all) {
        Check.argument(chance > 0 && chance <= 1, "chance: %s (expected: in (0, 1])", chance);
        double[] sums = told.sums();
        long[] got = told.counts();
        double[] counts = new double[sums.length];
        for (int i = 0; i < sums.length; i++) {
            counts[i] = (double) got[i] / chance;
            sums[i] /= chance;
        }
        return plus(new OffPolicyRewards(JackknifeSums.of(all, sums), JackknifeSums.of(all, counts)));
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
