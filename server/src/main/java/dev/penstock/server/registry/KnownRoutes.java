package dev.penstock.server.registry;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.server.store.Recorded;
import dev.penstock.server.store.RouteRecord;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;

/// The newest record of every route that this server has seen, in whatever order it saw them. Thread-safe.
final class KnownRoutes {
    private static final System.Logger LOG = System.getLogger(KnownRoutes.class.getName());

    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Map<String, RouteRecord> routes = new TreeMap<>();

    /// Routes that were deleted, and by which revision, until that was read: what is read late may still have
    /// them.
    @GuardedBy("lock")
    private final Map<String, Long> deleted = new HashMap<>();

    /// The revision of the last change of a rollout that was seen.
    @GuardedBy("lock")
    private long lastRollout;

    /// As of which revision all of them were read last.
    @GuardedBy("lock")
    private long readAt;

    @GuardedBy("lock")
    private boolean read;

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /// By name.
    List<RouteRecord> all() {
        lock.lock();
        try {
            return List.copyOf(routes.values());
        } finally {
            lock.unlock();
        }
    }

    /// What this server wrote.
    void learn(RouteRecord route) {
        learn(List.of(route));
    }

    /// What this server wrote together.
    void learn(Collection<RouteRecord> written) {
        boolean news = false;
        lock.lock();
        try {
            for (RouteRecord route : written) {
                // What was read since has it, or what became of it.
                if (isNewer(route) && route.revision() > readAt) {
                    deleted.remove(route.name());
                    routes.put(route.name(), route);
                    news = true;
                }
            }
        } finally {
            lock.unlock();
        }
        tell(news);
    }

    /// What this server deleted.
    ///
    /// @param revision of the deletion
    void learnDeleted(String name, long revision) {
        boolean news;
        lock.lock();
        try {
            RouteRecord known = routes.get(name);
            news = known != null && known.revision() < revision;
            if (news) {
                routes.remove(name);
            }
            deleted.merge(name, revision, Math::max);
        } finally {
            lock.unlock();
        }
        tell(news);
    }

    /// What this server wrote of a rollout.
    void learnRollout(long revision) {
        boolean news;
        lock.lock();
        try {
            news = revision > lastRollout;
            lastRollout = Math.max(lastRollout, revision);
        } finally {
            lock.unlock();
        }
        tell(news);
    }

    /// Learns all of them as the record had them at one revision.
    void learn(Recorded recorded) {
        boolean news;
        lock.lock();
        try {
            news = !read || recorded.lastRollout() > lastRollout;
            read = true;
            lastRollout = Math.max(lastRollout, recorded.lastRollout());
            Set<String> there = new HashSet<>();
            for (RouteRecord route : recorded.routes()) {
                there.add(route.name());
                if (isNewer(route)) {
                    deleted.remove(route.name());
                    routes.put(route.name(), route);
                    news = true;
                }
            }
            // What was written after it was read is not gone.
            news |= routes.values()
                    .removeIf(route -> route.revision() <= recorded.revision() && !there.contains(route.name()));
            deleted.values().removeIf(revision -> revision <= recorded.revision());
            readAt = Math.max(readAt, recorded.revision());
        } finally {
            lock.unlock();
        }
        tell(news);
    }

    /// The same of a record that went back in time: it takes the place of all that was known.
    void learnAnew(Recorded recorded) {
        lock.lock();
        try {
            read = true;
            routes.clear();
            deleted.clear();
            recorded.routes().forEach(route -> routes.put(route.name(), route));
            lastRollout = recorded.lastRollout();
            readAt = recorded.revision();
        } finally {
            lock.unlock();
        }
        tell(true);
    }

    /// Learns what was read before this start, which says of nothing that it is gone.
    void recall(List<RouteRecord> kept) {
        boolean news = false;
        lock.lock();
        try {
            for (RouteRecord route : kept) {
                if (isNewer(route)) {
                    routes.put(route.name(), route);
                    news = true;
                }
            }
        } finally {
            lock.unlock();
        }
        tell(news);
    }

    @GuardedBy("lock")
    private boolean isNewer(RouteRecord route) {
        RouteRecord known = routes.get(route.name());
        long newest = known == null ? deleted.getOrDefault(route.name(), 0L) : known.revision();
        return route.revision() > newest;
    }

    private void tell(boolean news) {
        if (!news) {
            return;
        }
        for (Runnable listener : listeners) {
            try {
                listener.run();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "a listener to the routes failed", e);
            }
        }
    }
}
