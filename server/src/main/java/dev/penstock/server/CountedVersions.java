package dev.penstock.server;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.LoadResult;
import dev.penstock.monitor.LoadStats;
import dev.penstock.monitor.ServingStats;
import dev.penstock.router.cache.ResponseCaches;
import dev.penstock.server.registry.VersionListener;

/// Has what is counted of a version begin and end with it.
final class CountedVersions implements VersionListener {
    private final ServingStats stats;
    private final LoadStats loads;
    private final ResponseCaches caches;

    CountedVersions(ServingStats stats, LoadStats loads, ResponseCaches caches) {
        this.stats = stats;
        this.loads = loads;
        this.caches = caches;
    }

    @Override
    public void opened(ModelKey key, long loadNanos) {
        stats.opened(key, loadNanos);
    }

    @Override
    public void loadEnded(LoadResult result, long nanos) {
        loads.ended(result, nanos);
    }

    @Override
    public void closed(ModelKey key) {
        stats.forget(key);
        caches.forget(key);
    }
}
