package dev.penstock.server.routing;

import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.shadow.ShadowCounts;
import dev.penstock.router.shadow.ShadowKey;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.admin.Catalog;
import dev.penstock.server.admin.RouteRecords;
import dev.penstock.server.config.Nearest;
import dev.penstock.server.store.RouteRecord;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// The routes of a server: shows them, changes them in the record, and has requests see what is recorded,
/// whichever server changed it. Thread-safe; changes block on the record.
public final class RouteAdmin {
    private final RouteRecords records;
    private final Catalog catalog;
    private final PublishedRoutes published;
    private final RouteCheck check;
    private final RouteStanding standing;
    private final RouteWriting writing;
    private final ReentrantLock publishing = new ReentrantLock();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /// What the known records say, by name; read by all.
    private volatile Map<String, KnownRoute> known = Map.of();

    private RouteAdmin(RouteRecords records, Catalog catalog, PublishedRoutes published) {
        this.records = records;
        this.catalog = catalog;
        this.published = published;
        this.check = new RouteCheck(catalog);
        this.standing = new RouteStanding(check, published);
        this.writing = new RouteWriting(records, check, standing, this::specs);
    }

    /// Publishes what is known of routes, and from then on what changes.
    public static RouteAdmin start(RouteRecords records, Catalog catalog, PublishedRoutes published) {
        RouteAdmin routes = new RouteAdmin(records, catalog, published);
        records.onChange(routes::publish);
        routes.publish();
        return routes;
    }

    /// Why who answers for an arm here is no substitute for who answers for the default arm, so that it gets no
    /// requests; nothing as far as that is not known. Answers at once.
    public List<String> misfits(RouteSpec route, ArmSpec arm) {
        return standing.misfits(route, arm);
    }

    /// Whether somebody is ready here who answers for an arm. Answers at once.
    public boolean answers(RouteSpec route, ArmSpec arm) {
        return standing.answers(route, arm);
    }

    /// Asked before a route is changed.
    public void guard(RolloutGuard asked) {
        standing.guard(asked);
        writing.guard(asked);
    }

    /// Asked what copies of a route's requests said, on this server.
    public void copies(Function<String, Map<ShadowKey, ShadowCounts>> counted) {
        standing.copies(counted);
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
            Map<String, KnownRoute> before = known;
            Map<String, KnownRoute> next = new HashMap<>();
            for (RouteRecord record : records.known()) {
                KnownRoute same = before.get(record.name());
                KnownRoute now = same != null && same.recorded().equals(record) ? same : KnownRoute.read(record, same);
                next.put(record.name(), now);
            }
            // First for who asks for answers: what is shown of a route is how they are answered already.
            published.publish(specs(next));
            known = Map.copyOf(next);
        } finally {
            publishing.unlock();
        }
        listeners.forEach(Runnable::run);
    }

    /// What requests are to see; of this moment, without waiting.
    public List<RouteSpec> specs() {
        return specs(known);
    }

    private static List<RouteSpec> specs(Map<String, KnownRoute> routes) {
        return routes.values().stream()
                .map(KnownRoute::spec)
                .flatMap(Stream::ofNullable)
                .toList();
    }

    /// How often the units of a route were dealt anew; 0 if it is not there. Of this moment, without waiting.
    public long assignmentVersion(String name) {
        KnownRoute found = known.get(name);
        return found == null ? 0 : found.assignment();
    }

    /// All of them, by name, as this server knows them.
    public List<RouteView> all() {
        Map<String, String> running = standing.running();
        return known.values().stream()
                .map(each -> standing.viewed(each, running))
                .flatMap(Stream::ofNullable)
                .sorted(Comparator.comparing(view -> view.spec().name()))
                .toList();
    }

    /// @throws ServingException with NOT_FOUND
    public RouteView one(String name) {
        return standing.view(found(name));
    }

    /// What copies of its requests said of its shadows, on this server since it started.
    ///
    /// @throws ServingException with NOT_FOUND
    public List<CopyView> copies(String name) {
        return standing.copies(one(name).spec());
    }

    private KnownRoute found(String name) {
        KnownRoute found = known.get(name);
        if (found == null) {
            throw unknown(name);
        }
        return found;
    }

    private ServingException unknown(String name) {
        String hint = Nearest.hint(name, known.keySet());
        String model = catalog.model(name) == null ? "" : "; it is a model without a route of its own";
        return new ServingException(ErrorCode.NOT_FOUND, "route '%s' is not there%s%s".formatted(name, hint, model));
    }

    /// Puts a route in the place of the one of its name, or makes it. One that would be the same is left alone.
    ///
    /// @param expected what the writer has read
    /// @param dryRun only find out whether it could be
    /// @return as it is now, or would be
    /// @throws RouteRefusal if that is not what is there, or a rollout runs
    /// @throws ServingException if it cannot be, or the record cannot be written
    public RouteView put(RouteSpec next, Expected expected, boolean dryRun, String who) {
        return writing.edit(next.name(), expected, dryRun, who, _ -> next);
    }

    /// The same with a JSON merge patch of a route that is there.
    public RouteView patch(String name, JsonNode patch, Expected expected, String who) {
        return writing.edit(name, expected, false, who, before -> {
            if (before == null) {
                throw unknown(name);
            }
            return RouteJson.patched(before, patch);
        });
    }

    /// What the routes would be after several changes, of which nothing is written; as of now, without waiting.
    public RouteDraft draft() {
        return new RouteDraft(records, check, specs());
    }

    /// Takes a route away.
    ///
    /// @throws RouteRefusal and ServingException as [#put]
    public void delete(String name, Expected expected, String who) {
        KnownRoute before = writing.read(name);
        if (before == null) {
            throw unknown(name);
        }
        writing.delete(before, expected, who);
    }

    /// Says which arm a request would get, and why; nothing happens.
    ///
    /// @throws ServingException with NOT_FOUND
    public Dealt assign(String name, AssignOrder order) {
        return standing.assign(one(name).spec(), order);
    }
}
