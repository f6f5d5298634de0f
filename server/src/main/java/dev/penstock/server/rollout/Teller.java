package dev.penstock.server.rollout;

/// Tells people and machines outside of what happens in rollouts. Must not block.
@FunctionalInterface
public interface Teller {
    Teller NONE = (_, _, _) -> {};

    /// @param type of the event behind `dev.penstock.`, such as `rollout.promoted.v1`
    /// @param route whose rollout it is
    /// @param data a JSON object
    void tell(String type, String route, String data);
}
