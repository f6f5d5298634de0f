package dev.penstock.router.rollout;

/// What a person can do with a rollout.
public enum Command {
    PAUSE,
    RESUME,
    /// Makes the candidate the default now, whatever the evidence says.
    PROMOTE,
    /// Takes the candidate's share away now; its artifact is not refused later.
    ABORT,
    /// Goes to the next step, whatever the evidence says.
    SKIP,
    /// Lets the step end that waits for that, as long as the evidence allows it.
    APPROVE
}
