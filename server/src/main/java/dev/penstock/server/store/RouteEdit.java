package dev.penstock.server.store;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One of several changes of routes that are written together. Immutable.
///
/// @param route what it becomes, with the revision that was read (0 for a new one); or, once it is written,
///     as it is recorded
/// @param rollout that begins with it, if one does
/// @param action and `detail`: what was asked for, for the audit log
public record RouteEdit(RouteRecord route, Optional<RolloutRecord> rollout, String action, String detail) {
    private static final String NONE = "";

    /// Writes nothing: the others are written only if the route has still the revision that was read.
    public static RouteEdit unchanged(RouteRecord read) {
        return new RouteEdit(read, Optional.empty(), NONE, "");
    }

    public boolean isUnchanged() {
        return action.equals(NONE);
    }

    /// The same after an earlier one of those changed the same route, which nobody could have read yet.
    ///
    /// @param earlier what that wrote, or null if none did
    RouteEdit on(@Nullable RouteRecord earlier) {
        if (earlier == null) {
            return this;
        }
        RouteRecord current = new RouteRecord(
                route.name(),
                earlier.revision(),
                route.generation(),
                route.assignment(),
                route.spec(),
                route.changed(),
                route.by());
        return with(current, rollout);
    }

    RouteEdit with(RouteRecord nextRoute, Optional<RolloutRecord> nextRollout) {
        return new RouteEdit(nextRoute, nextRollout, action, detail);
    }
}
