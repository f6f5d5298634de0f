package dev.penstock.server.registry;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Has something run after a while, on no thread of anybody's in particular.
@FunctionalInterface
interface Later {
    Later SYSTEM =
            (after, task) -> CompletableFuture.delayedExecutor(after.toNanos(), TimeUnit.NANOSECONDS, Runnable::run)
                    .execute(task);

    /// @param task does not block
    void run(Duration after, Runnable task);
}
