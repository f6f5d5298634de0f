package dev.penstock.server.source.disk;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.server.store.StoredFile;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Which files must not go now. Thread-safe.
final class Leases {
    private final ReentrantLock lock = new ReentrantLock();

    /// How many open folders have a file.
    @GuardedBy("lock")
    private final Map<String, Integer> leased = new HashMap<>();

    /// How often a file was kept whose record may be on its way.
    @GuardedBy("lock")
    private final Map<String, Integer> unsettled = new HashMap<>();

    /// What was settled since the last sweep began: the needs that it goes by may be older.
    @GuardedBy("lock")
    private final Set<String> settled = new HashSet<>();

    void keep(String sha256) {
        lock.lock();
        try {
            add(unsettled, sha256);
        } finally {
            lock.unlock();
        }
    }

    void settle(List<StoredFile> files) {
        lock.lock();
        try {
            for (StoredFile file : files) {
                take(unsettled, file.sha256());
                settled.add(file.sha256());
            }
        } finally {
            lock.unlock();
        }
    }

    void lease(List<StoredFile> files) {
        lock.lock();
        try {
            files.forEach(file -> add(leased, file.sha256()));
        } finally {
            lock.unlock();
        }
    }

    void release(List<StoredFile> files) {
        lock.lock();
        try {
            files.forEach(file -> take(leased, file.sha256()));
        } finally {
            lock.unlock();
        }
    }

    private static void add(Map<String, Integer> counts, String sha256) {
        counts.merge(sha256, 1, Integer::sum);
    }

    @SuppressWarnings("NullAway") // Null takes the entry out of the map.
    private static void take(Map<String, Integer> counts, String sha256) {
        counts.computeIfPresent(sha256, (_, count) -> count == 1 ? null : Integer.valueOf(count - 1));
    }

    /// From here on, what is settled stays until the next sweep.
    void beginSweep() {
        lock.lock();
        try {
            settled.clear();
        } finally {
            lock.unlock();
        }
    }

    /// Deletes what a sweep says. Under the lock, so that nothing is leased between the decision and the deed.
    ///
    /// @param gone told of each that went, before anybody can bring it anew
    void drop(Choice choice, List<Shelf.Entry> entries, Consumer<Shelf.Entry> gone) throws IOException {
        lock.lock();
        try {
            Set<String> fresh = new HashSet<>(unsettled.keySet());
            fresh.addAll(settled);
            for (Shelf.Entry entry : choice.among(entries, Set.copyOf(leased.keySet()), fresh)) {
                if (Files.deleteIfExists(entry.file())) {
                    gone.accept(entry);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /// Decides what goes.
    @FunctionalInterface
    interface Choice {
        List<Shelf.Entry> among(List<Shelf.Entry> entries, Set<String> leased, Set<String> fresh);
    }
}
