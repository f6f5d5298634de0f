package dev.penstock.router.rollout;

/// What the evidence must say for a step to be over.
public enum Require {
    /// Nothing: time and requests are enough.
    NONE,
    /// No metric has evidence against the candidate, not even a little, and nobody else who is asked says
    /// anything but that it passes.
    NOT_WORSE,
    /// Every required metric has proof that the candidate is as good, within its margin.
    PROVEN
}
