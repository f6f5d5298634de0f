package dev.penstock.server.routing;

/// Knows which routes a rollout changes now, so that nobody else does. Thread-safe; may block on the record.
public interface RolloutGuard {
    RolloutGuard NONE = _ -> "";

    /// @return the id of the rollout that runs on that route, or "" if none does
    String running(String route);
}
