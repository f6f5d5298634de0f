package dev.penstock.router.cache;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.Check;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingObserver;
import dev.penstock.core.VersionHandle;
import dev.penstock.router.waiting.LateTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;

/// The response caches of all versions that asked for one, within one bound. Thread-safe.
///
/// Every version has a cache of its own with a share of the memory, so that no model drives out another's
/// answers, and a version that goes takes all of its answers with it.
public final class ResponseCaches implements AutoCloseable {
    private final Settings settings;
    private final ServingObserver observer;
    private final NanoClock clock;
    private final LateTicker ticker;
    private final Map<ModelKey, CacheStats> stats = new ConcurrentHashMap<>();
    private final List<CachedVersion> open = new CopyOnWriteArrayList<>();

    /// Held while shares are dealt out.
    private final ReentrantLock dealing = new ReentrantLock();

    @GuardedBy("dealing")
    private boolean closed;

    public ResponseCaches(Settings settings, ServingObserver observer, NanoClock clock) {
        this.settings = settings;
        this.observer = observer;
        this.clock = clock;
        this.ticker = new LateTicker("cache-ticker", this::tick, clock);
    }

    /// What all of them share.
    ///
    /// @param maxBytes of all caches together, keys and bookkeeping included
    /// @param ttl of answers whose model says nothing of it; zero for no limit
    /// @param maxFollowers how many requests of a version may wait for identical ones
    public record Settings(long maxBytes, Duration ttl, int maxFollowers) {
        public Settings {
            Check.argument(maxBytes >= 0, "maxBytes: %d (expected: >= 0)", maxBytes);
            Check.argument(!ttl.isNegative(), "ttl: %s (expected: >= 0)", ttl);
            Check.argument(maxFollowers > 0, "maxFollowers: %d (expected: > 0)", maxFollowers);
        }
    }

    /// Puts a cache in front of a loaded version. It is the caller's to close when the version is gone.
    public CachedVersion inFrontOf(VersionHandle version, CacheOrder order) {
        ModelKey key = version.key();
        VersionCache cache = new VersionCache(
                key,
                Objects.requireNonNullElse(order.ttl(), settings.ttl()),
                settings.maxFollowers(),
                stats.computeIfAbsent(key, any -> new CacheStats()),
                observer,
                clock,
                ticker::wake);
        CachedVersion cached = new CachedVersion(version, cache, this, order.maxBytes());
        dealing.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the response caches are closed");
            }
            ticker.start();
            open.add(cached);
            deal();
        } finally {
            dealing.unlock();
        }
        return cached;
    }

    void remove(CachedVersion cached) {
        dealing.lock();
        try {
            if (open.remove(cached)) {
                cached.cache().close();
                deal();
            }
        } finally {
            dealing.unlock();
        }
    }

    /// Those that must shrink do so first: together they are never over the bound.
    @GuardedBy("dealing")
    private void deal() {
        long[] shares = FairShares.of(
                settings.maxBytes(),
                open.stream().mapToLong(CachedVersion::wishedBytes).toArray());
        for (int i = 0; i < shares.length; i++) {
            open.get(i).cache().shrink(shares[i]);
        }
        for (int i = 0; i < shares.length; i++) {
            open.get(i).cache().grow(shares[i]);
        }
    }

    /// Drops the counters of a version that is gone.
    public void forget(ModelKey key) {
        stats.remove(key);
    }

    /// One entry for each version that has a cache, though it may be in memory twice while it is being
    /// replaced.
    public List<CacheUsage> usage() {
        Map<ModelKey, List<VersionCache>> byKey = new LinkedHashMap<>();
        for (CachedVersion cached : open) {
            byKey.computeIfAbsent(cached.key(), any -> new ArrayList<>()).add(cached.cache());
        }
        List<CacheUsage> usage = new ArrayList<>();
        byKey.forEach((key, caches) -> {
            long entries = caches.stream().mapToLong(VersionCache::entries).sum();
            long bytes = caches.stream().mapToLong(VersionCache::bytes).sum();
            usage.add(caches.getFirst().stats().usage(key, entries, bytes));
        });
        return usage;
    }

    private boolean tick(long nowNanos) {
        boolean again = false;
        for (CachedVersion cached : open) {
            again |= cached.cache().tick(nowNanos);
        }
        return again;
    }

    /// Ends its thread. The versions must be gone before.
    @Override
    public void close() {
        dealing.lock();
        try {
            closed = true;
        } finally {
            dealing.unlock();
        }
        ticker.close();
    }
}
