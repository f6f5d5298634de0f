package dev.penstock.server.routing;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.router.RouteTable;
import dev.penstock.router.arms.ArmName;
import dev.penstock.router.arms.ArmObservers;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.FallbackSpec;
import dev.penstock.router.split.RouteSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Puts routes before the models that serve: each change is one new table, which requests see at once.
/// Thread-safe.
public final class PublishedRoutes {
    private final Consumer<UnaryOperator<RouteTable>> tables;
    private final ArmObservers observers;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private Map<String, RouteSpec> routes = Map.of();

    /// Arms that get nothing here for now, by route.
    @GuardedBy("lock")
    private final Map<String, Set<String>> held = new HashMap<>();

    /// @param tables edits the table that requests see
    /// @param observers told of what becomes of the requests of arms
    public PublishedRoutes(Consumer<UnaryOperator<RouteTable>> tables, ArmObservers observers) {
        this.tables = tables;
        this.observers = observers;
    }

    /// All routes that there are now.
    void publish(Collection<RouteSpec> all) {
        lock.lock();
        try {
            Map<String, RouteSpec> next = new TreeMap<>();
            all.forEach(route -> next.put(route.name(), route));
            if (!next.equals(routes)) {
                for (RouteSpec route : next.values()) {
                    rearm(route, routes.get(route.name()));
                    tell(route, routes.get(route.name()));
                }
                routes = next;
                publish();
                observers.keep(next.keySet());
            }
        } finally {
            lock.unlock();
        }
    }

    /// Who gives an arm a share again that had none wants it to have requests, also if it failed before.
    private void rearm(RouteSpec route, @Nullable RouteSpec before) {
        for (CandidateSpec candidate : route.candidates()) {
            String arm = candidate.arm().name();
            boolean raised = before != null
                    && candidate.weight() > 0
                    && before.candidates().stream()
                            .anyMatch(was -> was.arm().equals(candidate.arm()) && was.weight() == 0);
            if (raised
                    && trips(route.name()).keySet().stream()
                            .anyMatch(name -> name.arm().equals(arm))) {
                observers.rearm(route.name(), arm);
            }
        }
    }

    /// Before the first request comes by it: guards of arms that are only observed take nothing away.
    private void tell(RouteSpec route, @Nullable RouteSpec before) {
        boolean told = before != null && before.observed();
        if (route.observed() != told) {
            observers.onlyTell(route.name(), route.observed());
        }
    }

    /// Lets an arm have its requests again, whatever its guard found.
    public void rearm(String route, String arm) {
        observers.rearm(route, arm);
    }

    /// Arms of a route that get nothing here as too many of their requests failed, and the numbers that led
    /// to it.
    Map<ArmName, String> trips(String route) {
        Map<ArmName, String> trips = new HashMap<>();
        observers.trips().forEach((name, reason) -> {
            if (name.route().equals(route)) {
                trips.put(name, reason.isEmpty() ? "they are being counted" : reason);
            }
        });
        return trips;
    }

    /// Keeps units from a candidate on this server, whatever is recorded: at once, also while the record
    /// cannot be reached. Overrides to it and falling back on it end as well.
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
            Set<String> arms = held.get(route);
            if (arms != null && arms.remove(arm)) {
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
        List<RouteSpec> effective = new ArrayList<>();
        for (RouteSpec route : routes.values()) {
            effective.add(without(route, held.getOrDefault(route.name(), Set.of())));
        }
        tables.accept(table -> table.withRoutes(effective, observers));
    }

    /// A route without requests for some arms, which keep their room, so that the others have the units that
    /// they had.
    static RouteSpec without(RouteSpec route, Set<String> arms) {
        if (arms.isEmpty()) {
            return route;
        }
        RouteSpec effective = route.withOverrides(route.overrides().stream()
                .filter(override -> !arms.contains(override.arm()))
                .toList());
        for (CandidateSpec candidate : route.candidates()) {
            if (arms.contains(candidate.arm().name())) {
                effective = effective.withWeight(candidate.arm().name(), 0);
            }
        }
        return arms.contains(route.fallback().arm()) ? effective.withFallback(FallbackSpec.NONE) : effective;
    }
}
