package dev.penstock.monitor;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingObserver;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The counters of all versions that can be asked for, and one set for requests that none of them answered.
///
/// Neither names that callers invent nor what is told late of a version that has gone become a key: memory is
/// bounded by the versions that are open. Thread-safe.
public final class ServingStats implements ServingObserver {
    private final Map<ModelKey, VersionStats> versions = new ConcurrentHashMap<>();
    private final VersionStats unresolved = new VersionStats();

    @Override
    public void finished(
            @Nullable ModelKey key, @Nullable ErrorCode failure, int rows, long queueNanos, long runNanos) {
        of(key).finished(failure, rows, queueNanos, runNanos);
    }

    @Override
    public void cached(ModelKey key, int rows, long nanos) {
        of(key).cached(rows, nanos);
    }

    /// An answered request whose trace can be looked up, as an example. Nothing is counted, and nothing kept of
    /// a version that has gone.
    ///
    /// @param traceId 32 hexadecimal digits
    /// @param unixMillis when it ended
    public void traced(ModelKey key, long queueNanos, long runNanos, String traceId, long unixMillis) {
        VersionStats known = versions.get(key);
        if (known != null) {
            known.traced(queueNanos, runNanos, traceId, unixMillis);
        }
    }

    private VersionStats of(@Nullable ModelKey key) {
        VersionStats known = key == null ? null : versions.get(key);
        return known == null ? unresolved : known;
    }

    /// From now on that version has counters of its own. Before anybody can ask for it; one that is open
    /// already goes on counting.
    ///
    /// @param loadNanos how long its load took; 0 if it is not in memory
    public void opened(ModelKey key, long loadNanos) {
        VersionStats stats = versions.computeIfAbsent(key, _ -> new VersionStats());
        if (loadNanos > 0) {
            stats.loaded(loadNanos);
        }
    }

    /// Drops the counters of a version that has gone.
    public void forget(ModelKey key) {
        versions.remove(key);
    }

    public Map<ModelKey, VersionStats> versions() {
        return Map.copyOf(versions);
    }

    /// Of requests whose model or version does not exist or does not serve, and of what ended after its
    /// version had gone.
    public VersionStats unresolved() {
        return unresolved;
    }
}
