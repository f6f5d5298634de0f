package dev.penstock.core.batching;

import com.google.errorprone.annotations.CheckReturnValue;

/// Takes admitted requests and has them run. Thread-safe.
@FunctionalInterface
public interface Batcher {
    /// Takes a request, or says no at once. Never blocks.
    ///
    /// @return [Offer#TAKEN] if the request and its lease now belong to the batcher, which completes the request
    ///     exactly once; else they stay the caller's
    @CheckReturnValue
    Offer offer(Pending pending);
}
