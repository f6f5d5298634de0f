package dev.penstock.core.batching;

/// Why a batch went with the rows it had.
public enum CloseReason {
    /// No further request would have fitted.
    FULL,
    /// A worker was free and nothing more waited.
    IDLE,
    /// What waited was shared with other free workers.
    SHARED,
    /// The configured delay was over.
    DELAY,
    /// An event loop ran what its turn had brought.
    INLINE
}
