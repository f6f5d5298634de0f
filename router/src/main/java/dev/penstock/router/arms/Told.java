package dev.penstock.router.arms;

import java.util.concurrent.atomic.LongAdder;

/// What is said of answers. Thread-safe, never blocks.
final class Told {
    private final GroupTally rewards = new GroupTally();
    private final GroupTally earned = new GroupTally();
    private final GroupTally right = new GroupTally();
    private final LongAdder clipped = new LongAdder();

    /// @param range that it counts in
    void reward(int group, double reward, RewardRange range) {
        // First: who reads between the two looks again once there are more rewards.
        if (!range.has(reward)) {
            clipped.increment();
        }
        double value = range.nearest(reward);
        rewards.add(group, value);
        earned.add(group, Math.clamp(value, 0.0, 1.0));
    }

    void label(int group, boolean isRight) {
        right.add(group, isRight ? 1 : 0);
    }

    boolean isEmpty() {
        return rewards().count() == 0 && right().count() == 0;
    }

    /// With nothing else in it.
    ArmCounts counts() {
        return new ArmCounts.Builder()
                .rewards(rewards(), earned())
                .right(right())
                .clipped(clipped())
                .build();
    }

    GroupSums rewards() {
        return rewards.sums();
    }

    /// None for less than 0, and none for more than 1.
    GroupSums earned() {
        return earned.sums();
    }

    GroupSums right() {
        return right.sums();
    }

    /// Rewards that were beyond their range.
    long clipped() {
        return clipped.sum();
    }
}
