package dev.penstock.router.rollout;

import dev.penstock.router.rollout.Observation.GateReading;
import java.util.List;

/// Finds what was counted to mean. Pure.
@FunctionalInterface
public interface Judge {
    /// @param state with all that was counted
    /// @param gates what others say
    Judgement judge(RolloutSpec spec, RolloutState state, List<GateReading> gates);
}
