package dev.penstock.server.registry;

import dev.penstock.core.ModelKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Every version in memory, held, serving or draining, and when it is gone. Confined to the loader thread.
final class OpenVersions {
    private final Map<LoadedVersion, CompletableFuture<Void>> open = new HashMap<>();

    /// Those that came to serve.
    private final Set<LoadedVersion> published = new HashSet<>();

    /// @param afterClose runs when its memory is free and it is not among these any more, if it ever came to serve
    void add(LoadedVersion version, Consumer<LoadedVersion> afterClose) {
        open.put(version, version.closed().thenRun(() -> {
            open.remove(version);
            if (published.remove(version)) {
                afterClose.accept(version);
            }
        }));
    }

    /// It comes to serve.
    void publish(LoadedVersion version) {
        published.add(version);
    }

    /// Whether that version serves or drains: perhaps loaded anew while it drained.
    boolean has(ModelKey key) {
        return published.stream().anyMatch(version -> version.key().equals(key));
    }

    /// Done when none of those that came to serve is in memory any more.
    CompletableFuture<Void> closed(String model) {
        return closed(
                version -> published.contains(version) && version.key().name().equals(model));
    }

    /// Done when nothing is in memory any more.
    CompletableFuture<Void> allClosed() {
        return closed(_ -> true);
    }

    private CompletableFuture<Void> closed(Predicate<LoadedVersion> which) {
        return CompletableFuture.allOf(open.entrySet().stream()
                .filter(entry -> which.test(entry.getKey()))
                .map(Map.Entry::getValue)
                .toArray(CompletableFuture[]::new));
    }
}
