package dev.penstock.server;

import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.monitor.LoadResult;
import dev.penstock.monitor.LoadStats;
import dev.penstock.monitor.ServingStats;
import dev.penstock.router.ReplyMarker;
import dev.penstock.router.cache.ResponseCaches;
import dev.penstock.server.feedback.Feedback;
import dev.penstock.server.feedback.FeedbackOrder;
import dev.penstock.server.registry.VersionListener;
import org.jspecify.annotations.Nullable;

/// Has what is counted of a version begin and end with it.
final class CountedVersions implements VersionListener {
    private final ServingStats stats;
    private final LoadStats loads;
    private final ResponseCaches caches;
    private final Feedback feedback;

    CountedVersions(ServingStats stats, LoadStats loads, ResponseCaches caches, Feedback feedback) {
        this.feedback = feedback;
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
        feedback.forget(key);
    }

    @Override
    public @Nullable ReplyMarker marker(ModelKey key, Signature signature, FeedbackOrder order) {
        return feedback.marker(key, signature, order);
    }
}
