package dev.penstock.router.bandit;

import dev.penstock.core.Check;
import java.util.Arrays;
import java.util.List;

/// By what arms earn their traffic. What it says is of that which is left above the floors.
public sealed interface BanditPolicy {
    /// Parts of sum 1, in the order of the arms.
    double[] parts(List<RewardSums> arms);

    /// As much to each arm as it is likely to be the best (Thompson 1933).
    record Thompson() implements BanditPolicy {
        @Override
        public double[] parts(List<RewardSums> arms) {
            return BestChances.of(arms.stream().map(Posterior::of).toList());
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

    /// All to the largest; those that are equal share.
    private static double[] largest(double[] values) {
        double largest = Arrays.stream(values).max().orElse(0);
        double[] parts =
                Arrays.stream(values).map(value -> value == largest ? 1 : 0).toArray();
        double equal = Arrays.stream(parts).sum();
        return Arrays.stream(parts).map(part -> part / equal).toArray();
    }
}
