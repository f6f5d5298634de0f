package dev.penstock.server.registry;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.server.store.RouteRecord;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;

/// The versions that arms of routes name, as this server knows routes: they stay in memory, whatever their
/// model's policy says. Thread-safe; waits for nothing.
final class RoutedVersions {
    private static final Known NOTHING = new Known(List.of(), Map.of());

    private final KnownRoutes routes;
    private final ReentrantLock lock = new ReentrantLock();

    /// Of the last call of [#changed].
    @GuardedBy("lock")
    private Known told = NOTHING;

    /// Of the last time that somebody asked.
    private volatile Known last = NOTHING;

    private record Known(List<RouteRecord> routes, Map<String, SortedSet<Long>> versions) {
        static Known of(List<RouteRecord> routes) {
            Map<String, SortedSet<Long>> versions = new HashMap<>();
            for (ArmUse use : ArmUse.of(routes)) {
                if (use.target().version() > 0) {
                    versions.computeIfAbsent(use.target().model(), _ -> new TreeSet<>())
                            .add(use.target().version());
                }
            }
            versions.replaceAll((_, numbers) -> Collections.unmodifiableSortedSet(numbers));
            return new Known(routes, Map.copyOf(versions));
        }
    }

    RoutedVersions(KnownRoutes routes) {
        this.routes = routes;
    }

    /// Of one model.
    SortedSet<Long> of(String model) {
        return now().versions().getOrDefault(model, Collections.emptySortedSet());
    }

    private Known now() {
        List<RouteRecord> known = routes.all();
        Known now = last;
        if (!now.routes().equals(known)) {
            now = Known.of(known);
            last = now;
        }
        return now;
    }

    /// The models of which other versions are named since this was asked last.
    Set<String> changed() {
        lock.lock();
        try {
            Known before = told;
            Known now = now();
            told = now;
            Set<String> models = new HashSet<>(before.versions().keySet());
            models.addAll(now.versions().keySet());
            models.removeIf(model -> before.versions()
                    .getOrDefault(model, none())
                    .equals(now.versions().getOrDefault(model, none())));
            return models;
        } finally {
            lock.unlock();
        }
    }

    private static SortedSet<Long> none() {
        return Collections.emptySortedSet();
    }
}
