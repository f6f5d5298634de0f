package dev.penstock.router.bandit;

import dev.penstock.core.Check;

/// The rewards of one arm. They may tell less than as many others: then `weight` is less than `feedbacks`.
///
/// @param feedbacks how many rewards came, ever
/// @param weight how many they are worth
/// @param sum of as many rewards
/// @param squares sum of their squares
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

    /// The mean reward; 1/2 while there is none.
    public double mean() {
        return weight > 0 ? sum / weight : 0.5;
    }
}
