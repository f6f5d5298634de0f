package dev.penstock.core.batching;

/// What became of an offered request, at once.
public enum Offer {
    /// It will get exactly one outcome.
    TAKEN,
    /// No room for its rows now; later may work.
    QUEUE_FULL,
    /// By the measured speed it would not run before its deadline.
    TOO_LATE,
    /// More rows than one request may have.
    TOO_MANY_ROWS,
    /// The version is being unloaded.
    CLOSED
}
