package dev.penstock.server.routing;

import dev.penstock.core.ServingException;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.store.RouteRecord;
import org.jspecify.annotations.Nullable;

/// A route as it is recorded, and what this release makes of it.
///
/// @param spec null if this release cannot read it
/// @param problem why not, or ""
record KnownRoute(RouteRecord recorded, @Nullable RouteSpec spec, String problem) {
    private static final System.Logger LOG = System.getLogger(KnownRoute.class.getName());

    /// Says in the log what cannot be read.
    static KnownRoute read(RouteRecord record) {
        try {
            return new KnownRoute(record, RouteJson.read(record.spec()), "");
        } catch (ServingException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "route {0} is not served, as what is recorded of it cannot be read: {1}",
                    record.name(),
                    e.reason());
            return new KnownRoute(record, null, e.reason());
        }
    }
}
