package dev.penstock.server.routing;

import dev.penstock.core.ServingException;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.admin.RouteRecords;
import dev.penstock.server.store.RouteRecord;
import dev.penstock.server.store.RouteStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The routes as they would be after changes that are to be written together; nothing is written here. Of one
/// thread, as it waits for the record.
public final class RouteDraft {
    private final RouteRecords records;
    private final RouteCheck check;

    /// All that there would be, by name.
    private final Map<String, RouteSpec> specs = new HashMap<>();

    /// Those that were asked for, as they would be, with the revision that was read.
    private final Map<String, RouteRecord> asked = new HashMap<>();

    /// @param now all that there are, as this server knows them
    RouteDraft(RouteRecords records, RouteCheck check, List<RouteSpec> now) {
        this.records = records;
        this.check = check;
        now.forEach(route -> specs.put(route.name(), route));
    }

    /// Has routes be so, all of them at once: each is checked among the others as they would be. The draft
    /// has also what is refused, so that what depends on it is not refused for want of it.
    ///
    /// @param wanted each once
    /// @throws ServingException if the record cannot be read
    public List<RouteChange> change(List<RouteSpec> wanted) {
        Map<String, String> running = records.read(RouteStore::running);
        List<RouteChange> changes = new ArrayList<>();
        for (RouteSpec route : wanted) {
            KnownRoute now = route(route.name()).map(KnownRoute::read).orElse(null);
            changes.add(RouteChange.of(route, now, running.getOrDefault(route.name(), "")));
        }
        for (RouteChange change : changes) {
            specs.put(change.after().name(), change.after());
            asked.put(change.after().name(), change.record());
        }
        return changes.stream().map(this::checked).toList();
    }

    private RouteChange checked(RouteChange change) {
        if (change.isThere() || !change.refused().isEmpty()) {
            return change;
        }
        try {
            check.check(change.after(), specs.values());
            return change;
        } catch (ServingException e) {
            return change.refused(e.reason());
        }
    }

    /// As it is recorded, or as it would be if it was asked for, with the revision that was read then.
    public Optional<RouteRecord> route(String name) {
        RouteRecord mine = asked.get(name);
        return mine == null ? records.read(store -> store.route(name)) : Optional.of(mine);
    }

    /// What is recorded of a route.
    ///
    /// @throws ServingException if this release cannot read it, and so must not write it
    public static RouteSpec read(RouteRecord recorded) {
        KnownRoute known = KnownRoute.read(recorded);
        RouteSpec spec = known.spec();
        if (spec == null) {
            throw known.unreadable();
        }
        return spec;
    }

    /// What becomes of a route, in a few words.
    ///
    /// @param now what [#route] says
    public static String words(RouteSpec next, Optional<RouteRecord> now) {
        RouteSpec before = now.map(KnownRoute::read).map(KnownRoute::spec).orElse(null);
        return before == null ? RouteDiff.words(next) : RouteDiff.words(before, next);
    }

    /// What a rollout makes of a route of the draft, for a record that is written with it. The draft stays as
    /// it is.
    ///
    /// @param now what [#route] says
    /// @throws ServingException if it cannot be
    public RouteRecord prepared(RouteSpec next, Optional<RouteRecord> now) {
        check.check(next, specs.values());
        return RouteWriting.edited(next, now.map(KnownRoute::read).orElse(null));
    }

    /// What is recorded of a route that a rollout only changes as it said when it began, which needs no check.
    ///
    /// @param now as it is recorded
    public static RouteRecord unchecked(RouteSpec next, RouteRecord now) {
        return RouteWriting.edited(next, KnownRoute.read(now));
    }
}
