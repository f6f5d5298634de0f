package dev.penstock.router.rollout;

/// How a rollout finds out whether its candidate is fit to answer.
public enum Strategy {
    /// Ever larger shares of the requests, each held until the evidence allows the next.
    CANARY,
    /// All requests at once, and back at once if the evidence says so.
    BLUE_GREEN,
    /// Copies of requests, whose answers nobody sees.
    SHADOW,
    /// Constant shares for several candidates, which are compared; nobody is promoted but by a person.
    EXPERIMENT,
    /// Shares that follow what feedback says of the arms.
    BANDIT;

    /// Whether a rollout that has seen all its steps through makes its candidate the default.
    boolean promotes() {
        return this == CANARY || this == BLUE_GREEN;
    }

    /// Whether there may be several candidates.
    boolean compares() {
        return this == EXPERIMENT || this == BANDIT;
    }
}
