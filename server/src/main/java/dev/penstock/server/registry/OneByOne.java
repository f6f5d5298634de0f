package dev.penstock.server.registry;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/// One piece of work for each key at a time. Thread-safe.
final class OneByOne<K> {
    private final Map<K, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();

    /// Runs the work, unless somebody else is at it: then nothing is run.
    ///
    /// @param patient whether to wait until whoever else is at it is done
    /// @return whether it was run
    boolean run(K key, boolean patient, Runnable work) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        CompletableFuture<Void> other = underWay.putIfAbsent(key, over);
        if (other != null) {
            if (patient) {
                LoaderThread.await(other);
            }
            return false;
        }
        try {
            work.run();
            return true;
        } finally {
            underWay.remove(key);
            over.complete(null);
        }
    }
}
