package dev.penstock.router.arms;

/// Tells what is said, rewards within a range.
record RangedVoice(Told told, RewardRange range) implements ArmVoice {
    @Override
    public void reward(int group, double value) {
        told.reward(group, value, range);
    }

    @Override
    public void label(int group, boolean isRight) {
        told.label(group, isRight);
    }
}
