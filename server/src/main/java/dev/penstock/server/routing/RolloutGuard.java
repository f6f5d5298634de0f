package dev.penstock.server.routing;

import java.util.Map;

/// Knows which routes a rollout changes now, so that nobody else does. Thread-safe; may block on the record.
public interface RolloutGuard {
    RolloutGuard NONE = Map::of;

    /// @return the ids of rollouts that run, by their route
    Map<String, String> running();

    /// @return the id of the rollout that runs on that route, or "" if none does
    default String running(String route) {
        return running().getOrDefault(route, "");
    }
}
