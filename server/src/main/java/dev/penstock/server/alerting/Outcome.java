package dev.penstock.server.alerting;

/// What became of an event for one receiver in the end.
public enum Outcome {
    ACCEPTED,
    /// It was tried, or waited for one before it, for as long as it may be.
    EXPIRED,
    /// The receiver said that it wants no more.
    REFUSED,
    /// Too many waited before it.
    OVERFLOW,
    /// The server stopped before it had arrived; perhaps it has.
    SHUTDOWN
}
