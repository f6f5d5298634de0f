package dev.penstock.server.registry;

import dev.penstock.core.ModelKey;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Every version in memory, serving or draining, and when it is gone. Confined to the loader thread.
final class OpenVersions {
    private final Map<LoadedVersion, CompletableFuture<Void>> open = new HashMap<>();

    /// @param afterClose runs when its memory is free and it is not among these any more
    void add(LoadedVersion version, Consumer<LoadedVersion> afterClose) {
        open.put(version, version.closed().thenRun(() -> {
            open.remove(version);
            afterClose.accept(version);
        }));
    }

    /// Whether that version is in memory: perhaps loaded anew while it drained.
    boolean has(ModelKey key) {
        return open.keySet().stream().anyMatch(version -> version.key().equals(key));
    }

    /// Done when none of those is in memory any more.
    CompletableFuture<Void> closed(Predicate<ModelKey> which) {
        return CompletableFuture.allOf(open.entrySet().stream()
                .filter(entry -> which.test(entry.getKey().key()))
                .map(Map.Entry::getValue)
                .toArray(CompletableFuture[]::new));
    }
}
