package dev.penstock.server.fast;

import org.jspecify.annotations.Nullable;

/// What a public name stands for. Thread-safe, never blocks.
@FunctionalInterface
public interface FastRoute {
    /// Picks the version that answers this request. Called once per request, on an event loop.
    ///
    /// @return null if this request takes the general path
    @Nullable
    FastModel pick(FastCall call);
}
