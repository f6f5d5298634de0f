package dev.penstock.server;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/// Calls that block, each on a thread of its own. The common pool has one thread on a machine with two
/// processors, and whoever waits there for another call of the test waits for ever.
public final class OwnThreads {
    private static final Executor ONE_EACH =
            task -> Thread.ofPlatform().daemon().name("caller").start(task);

    private OwnThreads() {}

    /// Begins at once, whatever else is under way.
    public static <T> CompletableFuture<T> call(Supplier<T> call) {
        return CompletableFuture.supplyAsync(call, ONE_EACH);
    }
}
