package dev.penstock.router.arms;

import dev.penstock.core.Check;

/// What rewards count for: what is beyond is the nearer end. So one of them says no more than it may, whoever
/// said it.
///
/// @param least negative infinity for none
/// @param most above that; infinity for none
public record RewardRange(double least, double most) {
    public static final RewardRange UNBOUNDED = new RewardRange(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

    public RewardRange {
        Check.argument(least < most, "rewards: from %s to %s (expected: a range)", least, most);
    }

    boolean has(double reward) {
        return reward >= least && reward <= most;
    }

    double nearest(double reward) {
        return Math.clamp(reward, least, most);
    }

    @Override
    public String toString() {
        return least + ".." + most;
    }
}
