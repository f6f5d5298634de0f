package dev.penstock.router.bandit;

import dev.penstock.core.Check;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// By what arms earn their traffic. What it says is of that which is left above the floors.
public sealed interface BanditPolicy {
    /// Parts of sum 1, in the order of the arms.
    double[] parts(List<RewardSums> arms);

    /// As much to each arm as it is likely to be the best (Thompson 1933). With `topTwo` = b below 1 an arm
    /// gets only b of that, and the rest goes to whom it is likely to lose to, so that the second best is
    /// told from it sooner (Russo 2020): 0.5 where finding the best matters more than earning meanwhile.
    ///
    /// @param rewards of what kind they are
    /// @param topTwo in (0, 1]; 1 for plain Thompson sampling
    record Thompson(Rewards rewards, double topTwo) implements BanditPolicy {
        public Thompson {
            Check.argument(topTwo > 0 && topTwo <= 1, "topTwo: %s (expected: in (0, 1])", topTwo);
        }

        @Override
        public double[] parts(List<RewardSums> arms) {
            List<Posterior> posteriors = new ArrayList<>();
            for (RewardSums arm : arms) {
                posteriors.add(
                        switch (rewards) {
                            case BINARY -> Posterior.beta(arm);
                            case REAL -> Posterior.gaussian(arm);
                        });
            }
            double[] best = BestChances.of(posteriors);
            return topTwo == 1 ? best : ofTwo(best);
        }

        /// The leader is drawn by its chance, the challenger by its own among the others.
        private double[] ofTwo(double[] best) {
            double[] parts = new double[best.length];
            for (int leader = 0; leader < best.length; leader++) {
                double others = 0;
                for (int arm = 0; arm < best.length; arm++) {
                    others += arm == leader ? 0 : best[arm];
                }
                parts[leader] += best[leader] * (others > 0 ? topTwo : 1);
                for (int arm = 0; arm < best.length && others > 0; arm++) {
                    parts[arm] += arm == leader ? 0 : best[leader] * (1 - topTwo) * best[arm] / others;
                }
            }
            return parts;
        }
    }

    /// Most to the arm with the best mean, and a share to all alike.
    ///
    /// @param epsilon that share, in [0, 1]
    record EpsilonGreedy(double epsilon) implements BanditPolicy {
        public EpsilonGreedy {
            Check.argument(epsilon >= 0 && epsilon <= 1, "epsilon: %s (expected: 0..1)", epsilon);
        }

        @Override
        public double[] parts(List<RewardSums> arms) {
            double[] means = arms.stream().mapToDouble(RewardSums::mean).toArray();
            double[] parts = largest(means);
            for (int i = 0; i < parts.length; i++) {
                parts[i] = epsilon / parts.length + (1 - epsilon) * parts[i];
            }
            return parts;
        }
    }

    /// All to the arm with the best mean plus sqrt(2 ln N / n), of n rewards and N of all arms (Auer,
    /// Cesa-Bianchi and Fischer 2002).
    record UpperConfidence() implements BanditPolicy {
        @Override
        public double[] parts(List<RewardSums> arms) {
            double all = arms.stream().mapToDouble(RewardSums::weight).sum();
            double[] bounds = arms.stream()
                    .mapToDouble(arm -> arm.mean() + Math.sqrt(2 * Math.log(Math.max(1, all)) / arm.weight()))
                    .map(bound -> Double.isNaN(bound) ? Double.POSITIVE_INFINITY : bound)
                    .toArray();
            return largest(bounds);
        }
    }

    /// What rewards are like.
    enum Rewards {
        /// 0 or 1: a Beta law.
        BINARY,
        /// Anything in [0, 1]: a mean and its error.
        REAL
    }

    /// All to the largest; those that are equal share.
    private static double[] largest(double[] values) {
        double largest = Arrays.stream(values).max().orElse(0);
        double[] parts =
                Arrays.stream(values).map(value -> value == largest ? 1 : 0).toArray();
        double equal = Arrays.stream(parts).sum();
        return Arrays.stream(parts).map(part -> part / equal).toArray();
    }
}
