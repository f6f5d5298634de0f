package dev.penstock.router.bandit;

import dev.penstock.core.Check;
import dev.penstock.monitor.statistics.Normal;

/// What is known of an arm's mean reward: a normal law.
///
/// @param standardDeviation positive
record Posterior(double mean, double standardDeviation) {
    Posterior {
        Check.argument(standardDeviation > 0, "standardDeviation: %s (expected: > 0)", standardDeviation);
    }

    /// By rewards in [0, 1] as a mean and its error. Half a 0 and half a 1 are added, so that rewards which
    /// were all the same are no certainty.
    static Posterior of(RewardSums rewards) {
        double weight = rewards.weight() + 1;
        double mean = (rewards.sum() + 0.5) / weight;
        double variance = (rewards.squares() + 0.5) / weight - mean * mean;
        return new Posterior(mean, Math.sqrt(Math.max(variance, 0) / weight));
    }

    /// The chance that the mean reward is at most x.
    double cdf(double x) {
        return Normal.cdf((x - mean) / standardDeviation);
    }
}
