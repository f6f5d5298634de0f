package dev.penstock.server.routing;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.router.RouteTable;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.FallbackSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.SplitRoute;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Puts together what requests see: the models that serve and the routes before them. Whoever of both changes, a whole
/// new table is published. Thread-safe.
public final class PublishedRoutes {
    private final Binding binding;
    private final Consumer<RouteTable> out;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private RouteTable models = RouteTable.EMPTY;

    /// By name, in the order in which they were published.
    @GuardedBy("lock")
    private Map<String, RouteSpec> routes = Map.of();

    /// Arms that get nothing here for now, by route.
    @GuardedBy("lock")
    private final Map<String, Set<String>> held = new HashMap<>();

    /// Those that were not changed since are not made again.
    @GuardedBy("lock")
    private Map<RouteSpec, SplitRoute> made = Map.of();

    /// Puts routes before the models that they are bound to.
    @FunctionalInterface
    public interface Binding {
        RouteTable bound(RouteTable models, Collection<SplitRoute> routes);
    }

    /// @param out gets every new table
    public PublishedRoutes(Binding binding, Consumer<RouteTable> out) {
        this.binding = binding;
        this.out = out;
    }

    /// The models that serve now.
    public void publishModels(RouteTable table) {
        lock.lock();
        try {
            models = table;
            publish();
        } finally {
            lock.unlock();
        }
    }

    /// All routes that there are now.
    public void publishRoutes(Collection<RouteSpec> all) {
        lock.lock();
        try {
            Map<String, RouteSpec> next = new HashMap<>();
            all.forEach(route -> next.put(route.name(), route));
            if (!next.equals(routes)) {
                routes = next;
                publish();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Keeps units from a candidate on this server, whatever is recorded: at once, also while the record cannot be
    /// reached. Overrides to it and falling back on it end as well.
    public void hold(String route, String arm) {
        lock.lock();
        try {
            if (held.computeIfAbsent(route, _ -> new HashSet<>()).add(arm)) {
                publish();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Ends that: the arm has what is recorded.
    public void release(String route, String arm) {
        lock.lock();
        try {
            Set<String> arms = held.getOrDefault(route, Set.of());
            if (arms.contains(arm)) {
                arms.remove(arm);
                publish();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Arms of a route that are held.
    public Set<String> held(String route) {
        lock.lock();
        try {
            return Set.copyOf(held.getOrDefault(route, Set.of()));
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void publish() {
        Map<RouteSpec, SplitRoute> next = new HashMap<>();
        List<SplitRoute> splits = new ArrayList<>();
        for (RouteSpec route : routes.values()) {
            RouteSpec effective = without(route, held.getOrDefault(route.name(), Set.of()));
            SplitRoute known = made.get(effective);
            SplitRoute split = known == null ? SplitRoute.of(effective) : known;
            next.put(effective, split);
            splits.add(split);
        }
        made = next;
        out.accept(splits.isEmpty() ? models : binding.bound(models, splits));
    }

    /// A route without requests for some arms, which stay, so that the others have the units that they had.
    static RouteSpec without(RouteSpec route, Set<String> arms) {
        if (arms.isEmpty()) {
            return route;
        }
        RouteSpec effective = route;
        for (CandidateSpec candidate : route.candidates()) {
            if (arms.contains(candidate.arm().name())) {
                effective = effective.withWeight(candidate.arm().name(), 0);
            }
        }
        effective = effective.withOverrides(route.overrides().stream()
                .filter(override -> !arms.contains(override.arm()))
                .toList());
        return arms.contains(route.fallback().arm())
                ? effective.withFallback(FallbackSpec.NONE)
                : effective;
    }
}
