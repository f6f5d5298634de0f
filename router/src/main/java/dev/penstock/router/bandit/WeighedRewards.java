package dev.penstock.router.bandit;

import dev.penstock.core.Check;

/// The rewards of one arm where each counts as often as the chance of getting that arm was small: as they
/// would be had it got all requests. So arms that had their shares at other times than others are held
/// against them all the same. They add up. Immutable.
///
/// @param feedbacks how many came
/// @param weight sum of 1 over the chance
/// @param squaredWeight sum of the square of that
/// @param sum of rewards, each by its weight
/// @param squares of the squares of rewards, each by its weight
public record WeighedRewards(long feedbacks, double weight, double squaredWeight, double sum, double squares) {
    public static final WeighedRewards NONE = new WeighedRewards(0, 0, 0, 0, 0);

    /// Of a time in which the chance was the same.
    ///
    /// @param chance in (0, 1]
    /// @param sum of rewards in [0, 1]
    /// @param squares of these
    public static WeighedRewards of(double chance, long feedbacks, double sum, double squares) {
        Check.argument(chance > 0 && chance <= 1, "chance: %s (expected: in (0, 1])", chance);
        double count = (double) feedbacks;
        return new WeighedRewards(feedbacks, count / chance, count / chance / chance, sum / chance, squares / chance);
    }

    public WeighedRewards plus(WeighedRewards other) {
        return new WeighedRewards(
                feedbacks + other.feedbacks,
                weight + other.weight,
                squaredWeight + other.squaredWeight,
                sum + other.sum,
                squares + other.squares);
    }

    /// As many rewards, all of the same weight, as tell as much (Kish 1965).
    public RewardSums even() {
        return even(1);
    }

    /// The same where one unit gives many.
    ///
    /// @param spread [UnitSpread#factor] of them
    public RewardSums even(double spread) {
        if (feedbacks == 0 || squaredWeight == 0) {
            return RewardSums.none();
        }
        double count = Math.min((double) feedbacks, weight * weight / squaredWeight) / spread;
        double mean = Math.clamp(sum / weight, 0.0, 1.0);
        double square = Math.clamp(squares / weight, 0.0, mean);
        return new RewardSums(feedbacks, count, mean * count, square * count);
    }
}
