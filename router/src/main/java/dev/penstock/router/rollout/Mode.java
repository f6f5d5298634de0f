package dev.penstock.router.rollout;

/// What happens when the evidence speaks against a candidate.
public enum Mode {
    /// It is told, and nothing else happens.
    OBSERVE,
    /// The rollout is paused; the candidate keeps its share.
    PAUSE,
    /// The candidate loses its share at once.
    ROLLBACK
}
