package dev.penstock.router.rollout;

import dev.penstock.router.rollout.RolloutEvent.Kind;

/// A person's word that a step may end which asks for that. It is one more thing that the step needs: what the
/// evidence says when it is given counts all the same. Whether it is waited for or given is kept with what
/// people were told. Pure.
public final class Approval {
    /// Why a rollout is paused that waits for it.
    static final String REASON = "approval";

    /// With the number of a step: a person is asked.
    private static final String ASKED = "approval-of-step-";

    /// With the number of a step: a person has approved of its end.
    private static final String GIVEN = "approved-step-";

    private Approval() {}

    /// Whether a rollout does nothing but wait for it.
    public static boolean isAwaited(RolloutSpec spec, RolloutState state) {
        return isAwaited(spec, state.phase(), new Heard(state.told()), state.step());
    }

    static boolean isAwaited(RolloutSpec spec, RolloutChange change) {
        return isAwaited(spec, change.phase(), change.heard(), change.step());
    }

    private static boolean isAwaited(RolloutSpec spec, Phase phase, Heard heard, int step) {
        return phase == Phase.PAUSED && heard.has(spec.control(), ASKED + (step + 1));
    }

    /// Whether the present step may not end yet for want of it.
    static boolean isMissing(RolloutSpec spec, RolloutChange change) {
        int step = change.step();
        return spec.steps().get(step).approve() && !change.heard().has(spec.control(), GIVEN + (step + 1));
    }

    /// @param people why the step could end
    static void ask(RolloutSpec spec, RolloutChange change, String people, long nowMillis) {
        change.heard().add(spec.control(), ASKED + (change.step() + 1));
        change.to(Phase.PAUSED, REASON, people, nowMillis);
        change.tell(spec, Kind.PAUSED, "", nowMillis);
    }

    static void give(RolloutSpec spec, RolloutChange change) {
        change.heard().forget(spec.control(), ASKED + (change.step() + 1));
        change.heard().add(spec.control(), GIVEN + (change.step() + 1));
    }
}
