package dev.penstock.core.batching;

import dev.penstock.core.LoadedModel;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// The batching engine as doors see it that make their own [RowsCall]s. Thread-safe.
@FunctionalInterface
public interface Lanes {
    /// Where all requests of a model with fixed rows go: what [VersionRows] is made from.
    ///
    /// @return null if its requests have to be looked at one by one
    @Nullable
    FixedLane fixedLane(LoadedModel model);

    /// Lets an event loop run tiny models itself. Once for each loop, before its first request.
    ///
    /// @param eventLoop runs a task after what it is doing now, on the loop's thread, or refuses it with
    ///     [java.util.concurrent.RejectedExecutionException]; what it has accepted it runs, even when it
    ///     shuts down
    /// @return what the loop offers requests with; confined to it. Null if loops run nothing.
    default @Nullable InlineLoop newLoop(Executor eventLoop) {
        return null;
    }
}
