package dev.penstock.router.rollout;

import dev.penstock.router.arms.ArmCounts;
import java.util.List;

/// What a candidate had while nobody was left to compare it with, and what the control had before: comparable
/// only as far as requests stayed what they were. Pure.
///
/// @param candidate of the time when it had all units
/// @param control of all the time before
record Soak(ArmCounts candidate, ArmCounts control) {
    static Soak of(List<Epoch> epochs, String arm, String control) {
        List<Epoch> alone = epochs.stream()
                .filter(epoch -> epoch.weight(arm) == StepSpec.ALL)
                .toList();
        return new Soak(Pairs.total(alone, arm), Pairs.total(epochs, control));
    }

    boolean isEmpty() {
        return candidate.eligible() == 0;
    }
}
