package dev.penstock.server.alerting;

/// That somebody is to be told of a concern.
///
/// @param repeats how often it was told again before and by this
record Notice(Why why, Concern concern, int repeats) {
    /// What is told of it.
    enum Why {
        RAISED,
        /// It was a warning, and is critical now.
        WORSENED,
        /// It is still there.
        REPEATED,
        RESOLVED
    }
}
