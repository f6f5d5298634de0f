package dev.penstock.loadtest.soak;

import dev.penstock.loadtest.bench.BenchException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;

/// Has a server register, load and warm a model, delete it, and again, until it is closed. Has a thread of its
/// own.
final class Reloading implements AutoCloseable {
    private final AdminApi api;
    private final String model;
    private final Path file;
    private final LongSupplier nanoClock;
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    private volatile boolean closed;

    // Written by the thread, read after its end.
    private long loads;
    private long loadingNanos;

    private Reloading(AdminApi api, String model, Path file, LongSupplier nanoClock) {
        this.api = api;
        this.model = model;
        this.file = file;
        this.nanoClock = nanoClock;
    }

    /// @param api nobody else's until this is closed
    static Reloading start(AdminApi api, String model, Path file, LongSupplier nanoClock) {
        Reloading reloading = new Reloading(api, model, file, nanoClock);
        Thread.ofPlatform().daemon().name("reloads " + model).start(reloading::reload);
        return reloading;
    }

    private void reload() {
        try {
            while (!closed) {
                long beganNanos = nanoClock.getAsLong();
                api.register(model, 1, file);
                loadingNanos += nanoClock.getAsLong() - beganNanos;
                loads++;
                api.delete(model);
            }
            end.complete(null);
        } catch (BenchException e) {
            end.completeExceptionally(e);
        }
    }

    /// After [#close].
    long loads() {
        return loads;
    }

    /// After [#close]: how long they took together.
    long loadingNanos() {
        return loadingNanos;
    }

    /// Waits until the load under way is done and undone.
    ///
    /// @throws BenchException if the server refused
    @Override
    public void close() {
        closed = true;
        try {
            end.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof BenchException failure ? failure : e;
        }
    }
}
