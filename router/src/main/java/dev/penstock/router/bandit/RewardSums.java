package dev.penstock.router.bandit;

import dev.penstock.core.Check;

/// The rewards of one arm. What is old may count less: then `weight` is less than `feedbacks`.
///
/// @param feedbacks how many rewards came, ever
/// @param weight how many they are worth, discounted
/// @param sum of the rewards, discounted
/// @param squares sum of their squares, discounted
public record RewardSums(long feedbacks, double weight, double sum, double squares) {
    private static final RewardSums NONE = new RewardSums(0, 0, 0, 0);

    public RewardSums {
        Check.argument(feedbacks >= 0, "feedbacks: %d (expected: >= 0)", feedbacks);
        Check.argument(weight >= 0 && weight < 1e15, "weight: %s (expected: >= 0, < 1e15)", weight);
        Check.argument(sum >= 0 && sum <= weight * (1 + 1e-9), "sum: %s (expected: 0..%s, the weight)", sum, weight);
        Check.argument(squares >= 0 && squares <= sum * (1 + 1e-9), "squares: %s (expected: 0..%s)", squares, sum);
    }

    public static RewardSums none() {
        return NONE;
    }

    /// One reward more.
    ///
    /// @param reward in [0, 1]
    public RewardSums plus(double reward) {
        Check.argument(reward >= 0 && reward <= 1, "reward: %s (expected: 0..1)", reward);
        return new RewardSums(feedbacks + 1, weight + 1, sum + reward, squares + reward * reward);
    }

    /// Those of both, such as of two replicas that discount at the same times.
    public RewardSums plus(RewardSums other) {
        return new RewardSums(
                feedbacks + other.feedbacks, weight + other.weight, sum + other.sum, squares + other.squares);
    }

    /// All of them for less, for arms whose worth changes with time.
    ///
    /// @param factor in (0, 1], 0.999 each minute for a memory of about 17 hours
    public RewardSums discounted(double factor) {
        Check.argument(factor > 0 && factor <= 1, "factor: %s (expected: in (0, 1])", factor);
        return new RewardSums(feedbacks, weight * factor, sum * factor, squares * factor);
    }

    /// The mean reward; 1/2 while there is none.
    public double mean() {
        return weight > 0 ? sum / weight : 0.5;
    }
}
