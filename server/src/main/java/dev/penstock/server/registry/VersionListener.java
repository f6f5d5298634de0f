package dev.penstock.server.registry;

import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.monitor.LoadResult;
import dev.penstock.router.ReplyMarker;
import dev.penstock.server.feedback.FeedbackOrder;
import org.jspecify.annotations.Nullable;

/// Told of versions that come and go, so that what is kept about one begins and ends with it. On the loader
/// thread; must not block.
@FunctionalInterface
public interface VersionListener {
    /// Its memory is free and no other load of that version serves.
    void closed(ModelKey key);

    /// It is about to serve, or to be loaded when somebody asks for it; perhaps in the place of the same
    /// version.
    ///
    /// @param loadNanos how long its load took; 0 if it is not in memory
    default void opened(ModelKey key, long loadNanos) {}

    /// It is about to serve from memory.
    ///
    /// @param signature what callers must send
    /// @param order what its configuration says
    /// @return what gives its answers tokens; null if nothing does
    default @Nullable ReplyMarker marker(ModelKey key, Signature signature, FeedbackOrder order) {
        return null;
    }

    /// A load ended, of a version that may or may not come to serve then.
    default void loadEnded(LoadResult result, long nanos) {}
}
