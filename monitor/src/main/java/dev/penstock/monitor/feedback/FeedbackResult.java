package dev.penstock.monitor.feedback;

/// What became of one thing that a caller said of a prediction.
public enum FeedbackResult {
    ACCEPTED,
    /// It was said of that row before.
    DUPLICATE,
    /// The prediction is older than labels may come.
    EXPIRED,
    /// It is not counted now, as one of the versions that a rollout compares takes no feedback here yet: it
    /// may be said again.
    AWAITED,
    /// No token, not one of ours, or of a row that the answer did not have.
    INVALID,
    /// The token is right, but nothing is counted of that version any more.
    UNKNOWN
}
