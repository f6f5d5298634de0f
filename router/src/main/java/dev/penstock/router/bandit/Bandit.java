package dev.penstock.router.bandit;

import dev.penstock.core.Check;
import java.util.Arrays;
import java.util.List;

/// How a bandit divides traffic, and how fast it may change that. Weights are in 1/10,000 of all units and make
/// 10,000.
///
/// @param policy by what arms earn more
/// @param floor what each arm keeps
/// @param maxStep by how much one weight may change at once
/// @param leastFeedbacks how many rewards each arm needs before any earns more than another
public record Bandit(BanditPolicy policy, int floor, int maxStep, long leastFeedbacks) {
    public static final int ALL = 10_000;
    public static final int DEFAULT_FLOOR = 500;
    public static final int DEFAULT_MAX_STEP = 1_000;
    public static final long DEFAULT_LEAST_FEEDBACKS = 100;

    public Bandit {
        Check.argument(floor >= 0 && floor <= ALL / 2, "floor: %d (expected: 0..%d)", floor, ALL / 2);
        Check.argument(maxStep > 0 && maxStep <= ALL, "maxStep: %d (expected: 1..%d)", maxStep, ALL);
        Check.argument(leastFeedbacks >= 0, "leastFeedbacks: %d (expected: >= 0)", leastFeedbacks);
    }

    public static Bandit of(BanditPolicy policy) {
        return new Bandit(policy, DEFAULT_FLOOR, DEFAULT_MAX_STEP, DEFAULT_LEAST_FEEDBACKS);
    }

    /// As even as whole numbers allow.
    ///
    /// @param arms positive
    public static int[] even(int arms) {
        Check.argument(arms > 0 && arms <= ALL, "arms: %d (expected: 1..%d)", arms, ALL);
        int[] weights = new int[arms];
        for (int i = 0; i < arms; i++) {
            weights[i] = (i + 1) * ALL / arms - i * ALL / arms;
        }
        return weights;
    }

    /// The weights to take next.
    ///
    /// @param arms their rewards
    /// @param weights the present ones, in the same order; of sum 10,000
    public int[] next(List<RewardSums> arms, int[] weights) {
        check(arms, weights);
        double[] wanted = new double[weights.length];
        double[] parts = parts(arms);
        double largest = 0;
        for (int i = 0; i < wanted.length; i++) {
            wanted[i] = floor + parts[i] * (ALL - weights.length * floor) - weights[i];
            largest = Math.max(largest, Math.abs(wanted[i]));
        }
        // All by the same factor, so that the sum stays and no arm above its floor comes below it.
        double scale = largest > maxStep ? maxStep / largest : 1;
        return moved(weights, Arrays.stream(wanted).map(step -> step * scale).toArray());
    }

    private void check(List<RewardSums> arms, int[] weights) {
        Check.argument(weights.length > 0, "weights: none (expected: at least one)");
        Check.argument(arms.size() == weights.length, "arms: %d (expected: %d)", arms.size(), weights.length);
        Check.argument(weights.length * floor <= ALL, "floor: %d (expected: <= %d)", floor, ALL / weights.length);
        boolean valid = Arrays.stream(weights).allMatch(weight -> weight >= 0);
        Check.argument(valid, "weights: %s (expected: >= 0)", Arrays.toString(weights));
        int sum = Arrays.stream(weights).sum();
        Check.argument(sum == ALL, "weights: their sum is %d (expected: %d)", sum, ALL);
    }

    private double[] parts(List<RewardSums> arms) {
        if (arms.stream().anyMatch(arm -> arm.feedbacks() < leastFeedbacks)) {
            double[] even = new double[arms.size()];
            Arrays.fill(even, 1.0 / even.length);
            return even;
        }
        return policy.parts(arms);
    }

    /// Steps to whole numbers, towards where they are; what is missing then goes to those that lost most of
    /// theirs on that side. So no step gets longer than the next whole number.
    private static int[] moved(int[] weights, double[] steps) {
        int[] moved = weights.clone();
        double[] lost = new double[steps.length];
        int missing = ALL;
        for (int i = 0; i < steps.length; i++) {
            int whole = (int) steps[i];
            lost[i] = steps[i] - whole;
            moved[i] += whole;
            missing -= moved[i];
        }
        int side = Integer.signum(missing);
        for (int left = Math.abs(missing); left > 0; left--) {
            int most = 0;
            for (int i = 1; i < lost.length; i++) {
                most = side * lost[i] > side * lost[most] ? i : most;
            }
            moved[most] += side;
            lost[most] = 0;
        }
        return moved;
    }
}
