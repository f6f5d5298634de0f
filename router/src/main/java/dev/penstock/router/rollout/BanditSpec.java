package dev.penstock.router.rollout;

import dev.penstock.router.bandit.Bandit;
import java.time.Duration;

/// How a bandit deals shares.
///
/// @param floor what every arm keeps, in 1/10,000 of all units
/// @param maxStep by which a share changes at most at a time, likewise
/// @param minFeedback of each arm before shares differ at all
/// @param epsilon share of requests that explore, for [Policy#EPSILON_GREEDY]
public record BanditSpec(
        Policy policy, int floor, int maxStep, Duration updateInterval, long minFeedback, double epsilon) {
    public static final BanditSpec STANDARD = new BanditSpec(
            Policy.THOMPSON,
            Bandit.DEFAULT_FLOOR,
            Bandit.DEFAULT_MAX_STEP,
            Duration.ofSeconds(60),
            Bandit.DEFAULT_LEAST_FEEDBACKS,
            0.1);

    /// Which of the arms is given more.
    public enum Policy {
        /// As likely as it is the best.
        THOMPSON,
        EPSILON_GREEDY,
        UCB1
    }

    public BanditSpec {
        Rules.check(floor >= 0 && floor <= StepSpec.ALL / 2, "floor", RolloutSpec.percent(floor), "0% to 50%");
        Rules.check(
                maxStep >= 1 && maxStep <= StepSpec.ALL,
                "maxStep",
                RolloutSpec.percent(maxStep),
                "above 0%, up to 100%");
        Rules.check(updateInterval.compareTo(Duration.ofSeconds(1)) >= 0, "updateInterval", updateInterval, ">= 1s");
        Rules.check(minFeedback >= 1, "minFeedback", minFeedback, ">= 1");
        Rules.check(epsilon >= 0 && epsilon <= 1, "epsilon", epsilon, "0 to 1");
    }
}
