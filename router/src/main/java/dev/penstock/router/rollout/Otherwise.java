package dev.penstock.router.rollout;

/// What happens when time is up and the evidence has not decided.
public enum Otherwise {
    /// A person decides.
    HOLD,
    ROLLBACK,
    /// The next step, as if the evidence were enough.
    ADVANCE
}
