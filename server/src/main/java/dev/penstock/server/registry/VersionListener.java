package dev.penstock.server.registry;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.LoadResult;

/// Told of versions that come and go, so that what is kept about one begins and ends with it. On the loader
/// thread;
/// must not block.
@FunctionalInterface
public interface VersionListener {
    /// Its memory is free and no other load of that version serves.
    void closed(ModelKey key);

    /// It is about to serve, or to be loaded when somebody asks for it; perhaps in the place of the same
    /// version.
    ///
    /// @param loadNanos how long its load took; 0 if it is not in memory
    default void opened(ModelKey key, long loadNanos) {}

    /// A load ended, of a version that may or may not come to serve then.
    default void loadEnded(LoadResult result, long nanos) {}
}
