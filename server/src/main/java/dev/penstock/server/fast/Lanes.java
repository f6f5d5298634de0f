package dev.penstock.server.fast;

import dev.penstock.core.LoadedModel;
import dev.penstock.core.batching.FixedLane;
import org.jspecify.annotations.Nullable;

/// Knows where the requests of a model go. Thread-safe.
@FunctionalInterface
public interface Lanes {
    /// @return null if its requests have to be looked at one by one
    @Nullable
    FixedLane of(LoadedModel model);
}
