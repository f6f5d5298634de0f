package dev.penstock.server.routing;

import dev.penstock.router.split.Rolled;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.admin.RouteRecords;
import dev.penstock.server.store.RouteRecord;
import dev.penstock.server.store.StoreException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Changes of routes in the record: each by whoever has read what is there, and none in the middle of a
/// rollout. Thread-safe; all block.
final class RouteWriting {
    private final RouteRecords records;
    private final RouteCheck check;
    private final RouteStanding standing;
    private final Supplier<List<RouteSpec>> specs;
    private volatile RolloutGuard guard = RolloutGuard.NONE;

    /// @param specs all routes that there are, as this server knows them
    RouteWriting(RouteRecords records, RouteCheck check, RouteStanding standing, Supplier<List<RouteSpec>> specs) {
        this.records = records;
        this.check = check;
        this.standing = standing;
        this.specs = specs;
    }

    /// Asked before a route is changed.
    void guard(RolloutGuard asked) {
        guard = asked;
    }

    @Nullable
    KnownRoute read(String name) {
        return records.read(store -> store.route(name)).map(KnownRoute::read).orElse(null);
    }

    /// What is recorded of a route that is to be so: with what only a newer release knows of the one that is
    /// there.
    static RouteRecord edited(RouteSpec next, @Nullable KnownRoute now) {
        RouteRecord base = now == null ? RouteRecord.fresh(next.name(), "") : now.recorded();
        RouteSpec old = now == null ? null : now.spec();
        boolean reassigned = old != null && RouteDiff.reassigns(old, next);
        return base.with(RouteJson.write(next, base.spec()).toString(), reassigned);
    }

    /// See [RouteAdmin#put].
    ///
    /// @param edit makes the next route of the one that is there, or of null
    RouteView edit(
            String name, Expected expected, boolean dryRun, String who, Function<@Nullable RouteSpec, RouteSpec> edit) {
        KnownRoute before = read(name);
        checkExpected(name, expected, before);
        if (before != null) {
            before.checkReadable();
        }
        RouteSpec old = before == null ? null : before.spec();
        RouteSpec edited = edit.apply(old);
        RouteSpec next = old == null ? edited.withRolled(Rolled.NEVER) : edited.editedFrom(old);
        if (before != null && next.equals(old)) {
            return view(next, before.recorded());
        }
        if (before != null && (old == null || !RouteDiff.leavesArmsAlone(old, next))) {
            checkNoRollout(name, before);
        }
        check.check(next, specs.get());
        RouteRecord written = edited(next, before);
        if (dryRun) {
            return view(next, written);
        }
        String detail = old == null ? RouteDiff.words(next) : RouteDiff.words(old, next);
        try {
            return view(next, records.put(written, who, "put route", detail));
        } catch (StoreException e) {
            throw stale(name, e);
        }
    }

    private RouteView view(RouteSpec spec, RouteRecord recorded) {
        return standing.view(spec, recorded, standing.running());
    }

    /// @param before as it is recorded
    void delete(KnownRoute before, Expected expected, String who) {
        String name = before.recorded().name();
        checkExpected(name, expected, before);
        checkNoRollout(name, before);
        try {
            RouteSpec spec = before.spec();
            String detail = spec == null ? "one that could not be read" : RouteDiff.words(spec);
            records.delete(name, before.recorded().revision(), who, detail);
        } catch (StoreException e) {
            throw stale(name, e);
        }
    }

    private void checkNoRollout(String name, KnownRoute now) {
        String rollout = guard.running(name);
        if (!rollout.isEmpty()) {
            throw new RouteRefusal(RouteRefusal.Reason.ROLLOUT_RUNS, runs(name, rollout), viewed(now));
        }
    }

    /// Why a route cannot be changed while a rollout runs on it.
    static String runs(String name, String rollout) {
        return "route '%s': rollout '%s' runs on it (expected: none; overrides, fallback and shadows that are not its own may be changed meanwhile; abort it, or wait until it has ended)"
                .formatted(name, rollout);
    }

    private void checkExpected(String name, Expected expected, @Nullable KnownRoute now) {
        switch (expected) {
            case Expected.Nothing() -> {
                if (now != null) {
                    long revision = now.recorded().revision();
                    throw new RouteRefusal(
                            RouteRefusal.Reason.UNSAID,
                            "route '%s' is there: say which revision was read, now %d (expected: If-Match: \"%d\")"
                                    .formatted(name, revision, revision),
                            viewed(now));
                }
            }
            case Expected.Absent() -> {
                if (now != null) {
                    throw refused(name, "is there already (expected: that it is not)", now);
                }
            }
            case Expected.Present() -> {
                if (now == null) {
                    throw refused(name, "is not there (expected: that it is)", null);
                }
            }
            case Expected.Revision(long revision) -> {
                if (now == null || now.recorded().revision() != revision) {
                    String is = now == null
                            ? "is not there"
                            : "has revision " + now.recorded().revision();
                    throw refused(name, "%s (expected: %d, which was read; read it anew)".formatted(is, revision), now);
                }
            }
        }
    }

    private RouteRefusal refused(String name, String why, @Nullable KnownRoute now) {
        return new RouteRefusal(RouteRefusal.Reason.STALE, "route '%s' %s".formatted(name, why), viewed(now));
    }

    private @Nullable RouteView viewed(@Nullable KnownRoute now) {
        Map<String, String> running = now == null ? Map.of() : standing.running();
        return now == null ? null : standing.viewed(now, running);
    }

    /// Somebody was faster between reading and writing.
    private RuntimeException stale(String name, StoreException e) {
        return e.reason() == StoreException.Reason.STALE
                ? refused(name, "was changed meanwhile (expected: by nobody; read it anew)", read(name))
                : e;
    }
}
