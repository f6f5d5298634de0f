package dev.penstock.router.arms;

/// Told once when an arm gets no requests any more on this replica. Called by whoever brought the last
/// outcome, an event loop perhaps: must neither block nor throw.
@FunctionalInterface
public interface TripListener {
    /// Nobody wants to know.
    TripListener NONE = (_, _) -> {};

    /// @param reason for people, with the numbers that led to it
    void tripped(ArmKey key, String reason);
}
