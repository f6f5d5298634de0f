package dev.penstock.server.registry;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// One piece of work for each key at a time. Thread-safe.
///
/// @param <R> what comes of it
final class OneByOne<K, R> {
    private final Map<K, CompletableFuture<Optional<R>>> underWay = new ConcurrentHashMap<>();

    /// What came of it.
    ///
    /// @param mine whether the caller's work was run; else it was somebody else's
    /// @param result nothing if nobody waited for it, or it threw
    record Turn<R>(boolean mine, Optional<R> result) {}

    /// Runs the work, unless somebody else is at it: then nothing is run.
    ///
    /// @param patient whether to wait until whoever else is at it is done
    Turn<R> run(K key, boolean patient, Supplier<R> work) {
        CompletableFuture<Optional<R>> over = new CompletableFuture<>();
        CompletableFuture<Optional<R>> other = underWay.putIfAbsent(key, over);
        if (other != null) {
            return new Turn<>(false, patient ? LoaderThread.await(other) : Optional.empty());
        }
        Optional<R> result = Optional.empty();
        try {
            result = Optional.of(work.get());
            return new Turn<>(true, result);
        } finally {
            underWay.remove(key);
            over.complete(result);
        }
    }
}
