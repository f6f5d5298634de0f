package dev.penstock.monitor;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingObserver;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The counters of all loaded versions, and one set for requests that no version answered.
///
/// Names that callers invent never become a key: memory is bounded by the models that exist. Thread-safe.
public final class ServingStats implements ServingObserver {
    private final Map<ModelKey, VersionStats> versions = new ConcurrentHashMap<>();
    private final VersionStats unresolved = new VersionStats();

    @Override
    public void finished(
            @Nullable ModelKey key, @Nullable ErrorCode failure, int rows, long queueNanos, long runNanos) {
        VersionStats stats = key == null ? unresolved : of(key);
        stats.finished(failure, rows, queueNanos, runNanos);
    }

    @Override
    public void cached(ModelKey key, int rows, long nanos) {
        of(key).cached(rows, nanos);
    }

    private VersionStats of(ModelKey key) {
        return versions.computeIfAbsent(key, k -> new VersionStats());
    }

    /// Drops the counters of an unloaded version.
    public void forget(ModelKey key) {
        versions.remove(key);
    }

    public Map<ModelKey, VersionStats> versions() {
        return Map.copyOf(versions);
    }

    /// Of requests whose model or version does not exist or does not serve.
    public VersionStats unresolved() {
        return unresolved;
    }
}
