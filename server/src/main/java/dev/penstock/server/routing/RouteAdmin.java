package dev.penstock.server.routing;

import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.arms.ArmName;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.SplitRoute;
import dev.penstock.server.admin.Catalog;
import dev.penstock.server.admin.RouteRecords;
import dev.penstock.server.config.Nearest;
import dev.penstock.server.store.RouteRecord;
import dev.penstock.server.store.StoreException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The routes of a server: shows them, changes them in the record, and has requests see what is recorded,
/// whichever
/// server changed it. Thread-safe; changes block on the record.
public final class RouteAdmin {
    private static final System.Logger LOG = System.getLogger(RouteAdmin.class.getName());

    private final RouteRecords records;
    private final Catalog catalog;
    private final RouteCheck check;
    private final PublishedRoutes published;
    private final ReentrantLock publishing = new ReentrantLock();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile RolloutGuard guard = RolloutGuard.NONE;

    /// What the known records say, by name; read by all.
    private volatile Map<String, Known> known = Map.of();

    /// @param spec null if this release cannot read it
    private record Known(RouteRecord recorded, @Nullable RouteSpec spec, String problem) {}

    private RouteAdmin(RouteRecords records, Catalog catalog, PublishedRoutes published) {
        this.records = records;
        this.catalog = catalog;
        this.check = new RouteCheck(catalog);
        this.published = published;
    }

    /// Publishes what is known of routes, and from then on what changes.
    public static RouteAdmin start(RouteRecords records, Catalog catalog, PublishedRoutes published) {
        RouteAdmin routes = new RouteAdmin(records, catalog, published);
        records.onChange(routes::publish);
        routes.publish();
        return routes;
    }

    /// Asked before a route is changed.
    public void guard(RolloutGuard asked) {
        guard = asked;
    }

    /// Has it run after routes changed and requests see them, until that is closed. It must not block.
    @MustBeClosed
    public Listening listen(Runnable listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /// Somebody wants to know of changes.
    public interface Listening extends AutoCloseable {
        @Override
        void close();
    }

    private void publish() {
        publishing.lock();
        try {
            Map<String, Known> before = known;
            Map<String, Known> next = new HashMap<>();
            List<RouteSpec> specs = new ArrayList<>();
            for (RouteRecord record : records.known()) {
                Known same = before.get(record.name());
                Known now = same != null && same.recorded().equals(record) ? same : read(record);
                next.put(record.name(), now);
                if (now.spec() != null) {
                    specs.add(now.spec());
                }
            }
            known = Map.copyOf(next);
            published.publish(specs);
        } finally {
            publishing.unlock();
        }
        listeners.forEach(Runnable::run);
    }

    private static Known read(RouteRecord record) {
        try {
            return new Known(record, RouteJson.read(record.spec()), "");
        } catch (ServingException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "route {0} is not served, as what is recorded of it cannot be read: {1}",
                    record.name(),
                    e.reason());
            return new Known(record, null, e.reason());
        }
    }

    /// What requests are to see, by name; of this moment, without waiting.
    public List<RouteSpec> specs() {
        List<RouteSpec> specs = new ArrayList<>();
        known.values().stream().map(Known::spec).forEach(spec -> {
            if (spec != null) {
                specs.add(spec);
            }
        });
        return specs;
    }

    /// All of them, by name, as this server knows them.
    public List<RouteView> all() {
        Map<String, String> running = running();
        return known.values().stream()
                .map(each -> viewed(each, running))
                .flatMap(Stream::ofNullable)
                .sorted(Comparator.comparing(view -> view.spec().name()))
                .toList();
    }

    /// @throws ServingException with NOT_FOUND
    public RouteView one(String name) {
        Known found = known.get(name);
        if (found == null) {
            throw unknown(name);
        }
        return view(found);
    }

    private ServingException unknown(String name) {
        String hint = Nearest.hint(name, known.keySet());
        String model = catalog.model(name) == null ? "" : "; it is a model without a route of its own";
        return new ServingException(ErrorCode.NOT_FOUND, "route '%s' is not there%s%s".formatted(name, hint, model));
    }

    private RouteView view(Known each) {
        RouteSpec spec = each.spec();
        if (spec == null) {
            throw new ServingException(
                    ErrorCode.INTERNAL,
                    "route '%s' cannot be read: %s (expected: one that this release knows; write it anew)"
                            .formatted(each.recorded().name(), each.problem()));
        }
        return view(spec, each.recorded());
    }

    private RouteView view(RouteSpec spec, RouteRecord recorded) {
        return view(spec, recorded, running());
    }

    private @Nullable RouteView viewed(Known each, Map<String, String> running) {
        RouteSpec spec = each.spec();
        return spec == null ? null : view(spec, each.recorded(), running);
    }

    /// @param running rollouts by route
    private RouteView view(RouteSpec spec, RouteRecord recorded, Map<String, String> running) {
        Set<String> held = published.held(spec.name());
        List<ArmName> tripped = published.tripped(spec.name());
        SplitRoute split = SplitRoute.of(PublishedRoutes.without(spec, held));
        List<RouteView.ArmView> arms = new ArrayList<>();
        arms.add(arm(spec.standard(), spec.standardWeight(), RouteSpec.BUCKETS, split.buckets(0), false, false));
        for (CandidateSpec candidate : spec.candidates()) {
            arms.add(arm(
                    candidate.arm(),
                    candidate.weight(),
                    candidate.maxWeight(),
                    split.buckets(arms.size()),
                    held.contains(candidate.arm().name()),
                    isTripped(candidate.arm(), tripped)));
        }
        List<String> problems = new ArrayList<>(check.problems(spec));
        arms.stream()
                .filter(RouteView.ArmView::tripped)
                .forEach(arm -> problems.add(
                        "arm '%s': it gets nothing here, as too many of its requests failed (set its weight to 0 and raise it, and it gets them again)"
                                .formatted(arm.arm())));
        return new RouteView(spec, recorded, arms, problems, running.getOrDefault(spec.name(), ""));
    }

    private RouteView.ArmView arm(ArmSpec arm, int weight, int room, int buckets, boolean held, boolean tripped) {
        return new RouteView.ArmView(
                arm.name(), TargetText.of(arm.target()), check.answering(arm), weight, room, buckets, held, tripped);
    }

    /// With who answers for it now: another version of the same arm is not to blame.
    private boolean isTripped(ArmSpec arm, List<ArmName> tripped) {
        long answering = check.answering(arm);
        return tripped.stream()
                .anyMatch(name -> name.arm().equals(arm.name())
                        && name.target().name().equals(arm.target().model())
                        && name.target().version() == answering);
    }

    /// It is only shown: that it cannot be found out is no reason to show nothing.
    private Map<String, String> running() {
        try {
            return guard.running();
        } catch (ServingException e) {
            return Map.of();
        }
    }

    /// Puts a route in the place of the one of its name, or makes it. One that would be the same is left alone.
    ///
    /// @param expected what the writer has read
    /// @param dryRun only find out whether it could be
    /// @return as it is now, or would be
    /// @throws RouteRefusal if that is not what is there, or a rollout runs
    /// @throws ServingException if it cannot be, or the record cannot be written
    public RouteView put(RouteSpec next, Expected expected, boolean dryRun, String who) {
        return edit(next.name(), expected, dryRun, who, _ -> next);
    }

    /// The same with a JSON merge patch of a route that is there.
    public RouteView patch(String name, JsonNode patch, Expected expected, String who) {
        return edit(name, expected, false, who, before -> {
            if (before == null) {
                throw unknown(name);
            }
            return RouteJson.patched(before, patch);
        });
    }

    /// What a rollout makes of a route, for a record that is written with it; nothing is written here.
    ///
    /// @param now as it is recorded, if it is
    /// @throws ServingException if it cannot be
    public RouteRecord prepared(RouteSpec next, Optional<RouteRecord> now) {
        checkAmongOthers(next);
        return edited(next, now, now.map(RouteAdmin::read).map(Known::spec).orElse(null));
    }

    private void checkAmongOthers(RouteSpec next) {
        check.check(
                next,
                specs().stream()
                        .filter(each -> !each.name().equals(next.name()))
                        .toList());
    }

    private static RouteRecord edited(RouteSpec next, Optional<RouteRecord> now, @Nullable RouteSpec old) {
        RouteRecord base = now.orElseGet(() -> RouteRecord.fresh(next.name(), ""));
        boolean reassigned = old != null && RouteDiff.reassigns(old, next);
        return base.with(RouteJson.write(next).toString(), reassigned);
    }

    private RouteView edit(
            String name, Expected expected, boolean dryRun, String who, Function<@Nullable RouteSpec, RouteSpec> edit) {
        Optional<RouteRecord> now = records.read(store -> store.route(name));
        Known before = now.map(RouteAdmin::read).orElse(null);
        checkExpected(name, expected, before);
        RouteSpec old = before == null ? null : before.spec();
        RouteSpec next = edit.apply(old).withRollout(old == null ? "" : old.rollout());
        if (before != null && next.equals(old)) {
            return view(next, before.recorded());
        }
        if (before != null && (old == null || !RouteDiff.leavesArmsAlone(old, next))) {
            checkNoRollout(name, viewed(before));
        }
        checkAmongOthers(next);
        RouteRecord edited = edited(next, now, old);
        if (dryRun) {
            return view(next, edited);
        }
        String detail = old == null ? RouteDiff.words(next) : RouteDiff.words(old, next);
        try {
            return view(next, records.put(edited, who, "put route", detail));
        } catch (StoreException e) {
            throw stale(name, e);
        }
    }

    /// Takes a route away.
    ///
    /// @throws RouteRefusal and ServingException as [#put]
    public void delete(String name, Expected expected, String who) {
        Known before =
                records.read(store -> store.route(name)).map(RouteAdmin::read).orElse(null);
        if (before == null) {
            throw unknown(name);
        }
        checkExpected(name, expected, before);
        checkNoRollout(name, viewed(before));
        try {
            RouteSpec spec = before.spec();
            String detail = spec == null ? "one that could not be read" : RouteDiff.words(spec);
            records.delete(name, before.recorded().revision(), who, detail);
        } catch (StoreException e) {
            throw stale(name, e);
        }
    }

    private void checkNoRollout(String name, @Nullable RouteView view) {
        String rollout = guard.running(name);
        if (!rollout.isEmpty()) {
            throw new RouteRefusal(
                    RouteRefusal.Reason.ROLLOUT_RUNS,
                    "route '%s': rollout '%s' runs on it (expected: none; overrides, shadows and fallback may be changed meanwhile; abort it, or wait until it has ended)"
                            .formatted(name, rollout),
                    view);
        }
    }

    private void checkExpected(String name, Expected expected, @Nullable Known now) {
        switch (expected) {
            case Expected.Nothing() -> {
                if (now != null) {
                    throw new RouteRefusal(
                            RouteRefusal.Reason.UNSAID,
                            "route '%s' is there: say which revision was read, now %d (expected: If-Match: \"%d\")"
                                    .formatted(
                                            name,
                                            now.recorded().revision(),
                                            now.recorded().revision()),
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

    private RouteRefusal refused(String name, String why, @Nullable Known now) {
        return new RouteRefusal(RouteRefusal.Reason.STALE, "route '%s' %s".formatted(name, why), viewed(now));
    }

    private @Nullable RouteView viewed(@Nullable Known now) {
        return now == null || now.spec() == null ? null : view(now);
    }

    /// Somebody was faster between reading and writing.
    private RuntimeException stale(String name, StoreException e) {
        if (e.reason() != StoreException.Reason.STALE) {
            return e;
        }
        Known now =
                records.read(store -> store.route(name)).map(RouteAdmin::read).orElse(null);
        return refused(name, "was changed meanwhile (expected: by nobody; read it anew)", now);
    }

    /// Says which arm a request would get, and why; nothing happens.
    ///
    /// @throws ServingException with NOT_FOUND
    public Dealt assign(String name, AssignOrder order) {
        RouteSpec spec = one(name).spec();
        List<ArmName> tripped = published.tripped(name);
        return Dealt.of(
                PublishedRoutes.without(spec, published.held(name)),
                order,
                check::answering,
                arm -> isTripped(arm, tripped));
    }
}
