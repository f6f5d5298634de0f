package dev.penstock.server.routing;

import dev.penstock.core.ServingException;
import dev.penstock.router.split.Rolled;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.store.RouteEdit;
import dev.penstock.server.store.RouteRecord;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// What becomes of a route that somebody wants to be so. Immutable.
///
/// @param before as it is; null if it is not there, or this release cannot read it
/// @param record of the route as it is to be, with the revision that was read
/// @param refused why it cannot be; "" if it can
public record RouteChange(@Nullable RouteSpec before, RouteSpec after, RouteRecord record, String refused) {
    /// @param now as it is recorded, null if it is not
    /// @param rollout that runs on it, or ""
    static RouteChange of(RouteSpec wanted, @Nullable KnownRoute now, String rollout) {
        RouteSpec before = now == null ? null : now.spec();
        if (before == null) {
            String problem = now == null ? "" : "what is recorded cannot be read: " + now.problem();
            return to(wanted.withRolled(Rolled.NEVER), now, problem);
        }
        try {
            RouteSpec after = (rollout.isEmpty() ? wanted : among(before, wanted)).editedFrom(before);
            boolean free = rollout.isEmpty() || RouteDiff.leavesArmsAlone(before, after);
            return to(after, now, free ? "" : RouteWriting.runs(after.name(), rollout));
        } catch (ServingException e) {
            return to(wanted.editedFrom(before), now, e.reason());
        }
    }

    private static RouteChange to(RouteSpec after, @Nullable KnownRoute now, String refused) {
        return new RouteChange(now == null ? null : now.spec(), after, RouteWriting.edited(after, now), refused);
    }

    /// What a rollout makes of a route while it runs is not spoken of.
    private static RouteSpec among(RouteSpec before, RouteSpec wanted) {
        Set<String> rolled = before.rolled().arms();
        return RouteJson.read(RolledRoute.of(json(before), json(wanted), rolled), before.name());
    }

    public RouteChange refused(String why) {
        return new RouteChange(before, after, record, why);
    }

    /// Whether nothing is to be done.
    public boolean isThere() {
        return after.equals(before);
    }

    /// To be written.
    public RouteEdit edit() {
        if (isThere()) {
            return RouteEdit.unchanged(record);
        }
        String detail = before == null ? RouteDiff.words(after) : RouteDiff.words(before, after);
        return new RouteEdit(record, Optional.empty(), "put route", detail);
    }

    /// As people write it.
    public static ObjectNode json(RouteSpec route) {
        ObjectNode node = RouteJson.write(route);
        RolledJson.remove(node);
        return node;
    }
}
