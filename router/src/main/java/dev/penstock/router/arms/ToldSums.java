package dev.penstock.router.arms;

import java.util.function.BinaryOperator;

/// What was said of answers: since the arm has its present shares, and late, of those that it gave before.
record ToldSums(GroupSums rewards, GroupSums right, GroupSums lateRewards, GroupSums lateRight) {
    static final ToldSums NONE = new ToldSums(GroupSums.EMPTY, GroupSums.EMPTY, GroupSums.EMPTY, GroupSums.EMPTY);

    ToldSums with(ToldSums other, BinaryOperator<GroupSums> sum) {
        return new ToldSums(
                sum.apply(rewards, other.rewards),
                sum.apply(right, other.right),
                sum.apply(lateRewards, other.lateRewards),
                sum.apply(lateRight, other.lateRight));
    }
}
