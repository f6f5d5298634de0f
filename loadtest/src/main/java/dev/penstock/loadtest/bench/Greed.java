package dev.penstock.loadtest.bench;

import dev.penstock.loadtest.engine.LoadResult;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// A load in the background, from when it flows until it ends by itself.
final class Greed implements AutoCloseable {
    /// The engine's first thread; no other load is under way when this one begins.
    private static final String LOAD_THREAD = "load-0";

    private final CompletableFuture<LoadResult> result = new CompletableFuture<>();
    private final Thread thread;

    private Greed(Served served, Duration time, CompletableFuture<Void> flows) {
        thread = Thread.ofPlatform().name("greedy").daemon().unstarted(() -> {
            try {
                result.complete(served.greedily(time, () -> flows.complete(null)));
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
                flows.completeExceptionally(e);
            }
        });
    }

    /// Returns when its requests flow.
    static Greed start(Served served, Duration time) {
        CompletableFuture<Void> flows = new CompletableFuture<>();
        Greed greed = new Greed(served, time, flows);
        greed.thread.start();
        await(flows);
        Cores.putBehind(LOAD_THREAD);
        return greed;
    }

    /// Waits until it has ended.
    LoadResult result() {
        return await(result);
    }

    private static <T> T await(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /// Ends it now if it has not ended.
    @Override
    public void close() {
        thread.interrupt();
    }
}
