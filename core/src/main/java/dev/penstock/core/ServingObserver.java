package dev.penstock.core;

import org.jspecify.annotations.Nullable;

/// Told of every finished request, on the thread that finished it. Must neither block nor throw.
public interface ServingObserver {
    /// @param key the version that answered, or null if none was found
    /// @param failure why there was no answer, or null if there was one
    /// @param rows the rows of the request, 0 if it never ran
    /// @param queueNanos from arrival to the start of the run, or to the end if it never ran
    /// @param runNanos of the run; 0 if it never ran
    void finished(@Nullable ModelKey key, @Nullable ErrorCode failure, int rows, long queueNanos, long runNanos);

    /// The same for a request that was answered with what another one, before it or beside it, had run for.
    ///
    /// @param nanos from arrival to the answer
    default void cached(ModelKey key, int rows, long nanos) {
        finished(key, null, rows, nanos, 0);
    }
}
