package dev.penstock.router.bandit;

import dev.penstock.core.Check;
import dev.penstock.monitor.statistics.BetaFunction;
import dev.penstock.monitor.statistics.Normal;

/// What is known of an arm's mean reward.
sealed interface Posterior {
    double mean();

    double standardDeviation();

    /// The chance that the mean reward is at most x.
    double cdf(double x);

    /// By rewards of 0 or 1 (or between, as parts of one), from an even prior.
    static Posterior beta(RewardSums rewards) {
        return new Beta(1 + rewards.sum(), 1 + Math.max(0, rewards.weight() - rewards.sum()));
    }

    /// By rewards in [0, 1] as a mean and its error. Half a 0 and half a 1 are added, so that rewards which
    /// were all the same are no certainty.
    static Posterior gaussian(RewardSums rewards) {
        double weight = rewards.weight() + 1;
        double mean = (rewards.sum() + 0.5) / weight;
        double variance = (rewards.squares() + 0.5) / weight - mean * mean;
        return new Gaussian(mean, Math.sqrt(Math.max(variance, 0) / weight));
    }

    /// @param a positive
    /// @param b positive
    record Beta(double a, double b) implements Posterior {
        @Override
        public double mean() {
            return a / (a + b);
        }

        @Override
        public double standardDeviation() {
            return Math.sqrt(a / (a + b) * (b / (a + b)) / (a + b + 1));
        }

        @Override
        public double cdf(double x) {
            if (x <= 0) {
                return 0;
            }
            return x >= 1 ? 1 : BetaFunction.regularised(a, b, x);
        }
    }

    /// @param standardDeviation positive
    record Gaussian(double mean, double standardDeviation) implements Posterior {
        public Gaussian {
            Check.argument(standardDeviation > 0, "standardDeviation: %s (expected: > 0)", standardDeviation);
        }

        @Override
        public double cdf(double x) {
            return Normal.cdf((x - mean) / standardDeviation);
        }
    }
}
