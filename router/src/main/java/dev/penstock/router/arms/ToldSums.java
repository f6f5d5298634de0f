package dev.penstock.router.arms;

import java.util.function.BinaryOperator;

/// What was said of answers: since the arm has its present shares, and late, of those that it gave before.
///
/// @param earned the same as the rewards, where none counts for less than 0 or more than 1
/// @param clipped rewards that were beyond what they may count for, late ones among them
record ToldSums(
        GroupSums rewards,
        GroupSums earned,
        GroupSums right,
        GroupSums lateRewards,
        GroupSums lateEarned,
        GroupSums lateRight,
        long clipped) {
    static final ToldSums NONE = new ToldSums(
            GroupSums.EMPTY, GroupSums.EMPTY, GroupSums.EMPTY, GroupSums.EMPTY, GroupSums.EMPTY, GroupSums.EMPTY, 0);

    ToldSums plus(ToldSums other) {
        return with(other, GroupSums::plus, clipped + other.clipped);
    }

    ToldSums minus(ToldSums other) {
        return with(other, GroupSums::minus, clipped - other.clipped);
    }

    private ToldSums with(ToldSums other, BinaryOperator<GroupSums> sum, long allClipped) {
        return new ToldSums(
                sum.apply(rewards, other.rewards),
                sum.apply(earned, other.earned),
                sum.apply(right, other.right),
                sum.apply(lateRewards, other.lateRewards),
                sum.apply(lateEarned, other.lateEarned),
                sum.apply(lateRight, other.lateRight),
                allClipped);
    }

    ToldSums rewards(GroupSums sums, GroupSums asEarned) {
        return new ToldSums(sums, asEarned, right, lateRewards, lateEarned, lateRight, clipped);
    }

    ToldSums right(GroupSums sums) {
        return new ToldSums(rewards, earned, sums, lateRewards, lateEarned, lateRight, clipped);
    }

    ToldSums late(GroupSums ofRewards, GroupSums ofEarned, GroupSums ofRight) {
        return new ToldSums(rewards, earned, right, ofRewards, ofEarned, ofRight, clipped);
    }

    ToldSums clipped(long count) {
        return new ToldSums(rewards, earned, right, lateRewards, lateEarned, lateRight, count);
    }
}
