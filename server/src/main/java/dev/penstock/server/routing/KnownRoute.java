package dev.penstock.server.routing;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.store.RouteRecord;
import org.jspecify.annotations.Nullable;

/// A route as it is recorded, and what this release makes of it.
///
/// @param spec as it is served; null if this release cannot read it, nor could it before
/// @param assignment how often units were dealt anew until then
/// @param problem why this release cannot read what is recorded, or ""
record KnownRoute(RouteRecord recorded, @Nullable RouteSpec spec, long assignment, String problem) {
    private static final System.Logger LOG = System.getLogger(KnownRoute.class.getName());

    static KnownRoute read(RouteRecord record) {
        try {
            return new KnownRoute(record, RouteJson.read(record.spec()), record.assignment(), "");
        } catch (ServingException e) {
            return new KnownRoute(record, null, record.assignment(), e.reason());
        }
    }

    /// What cannot be read, as a newer release wrote it, goes on as it was read last. Says in the log what
    /// cannot be.
    ///
    /// @param before what was known of it, or null
    static KnownRoute read(RouteRecord record, @Nullable KnownRoute before) {
        KnownRoute now = read(record);
        if (now.problem.isEmpty()) {
            return now;
        }
        RouteSpec last = before == null ? null : before.spec;
        LOG.log(
                System.Logger.Level.WARNING,
                "route {0} is {1}, as what is recorded of it cannot be read: {2}",
                record.name(),
                last == null ? "not served" : "served as it was read last",
                now.problem);
        return before == null ? now : new KnownRoute(record, last, before.assignment, now.problem);
    }

    /// @throws ServingException if this release cannot read what is recorded, and so must not write it
    void checkReadable() {
        if (!problem.isEmpty()) {
            throw unreadable();
        }
    }

    ServingException unreadable() {
        return new ServingException(
                ErrorCode.UNSUPPORTED,
                "route '%s': what is recorded cannot be read: %s (expected: a route that this release knows; ask a server of the release that wrote it, or delete the route)"
                        .formatted(recorded.name(), problem));
    }
}
