package dev.penstock.router.arms;

/// What is said of answers. Thread-safe, never blocks.
final class Told implements ArmVoice {
    private final GroupTally rewards = new GroupTally();
    private final GroupTally right = new GroupTally();

    @Override
    public void reward(int group, double value) {
        rewards.add(group, value);
    }

    @Override
    public void label(int group, boolean isRight) {
        right.add(group, isRight ? 1 : 0);
    }

    GroupSums rewards() {
        return rewards.sums();
    }

    GroupSums right() {
        return right.sums();
    }
}
