package dev.penstock.server.source.disk;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.NanoClock;
import dev.penstock.server.store.StoredFile;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/// Which files must not go now. Thread-safe.
final class Leases {
    private static final long FRESH_NANOS = Duration.ofHours(1).toNanos();

    private final Shelf shelf;
    private final NanoClock clock;
    private final ReentrantLock lock = new ReentrantLock();

    /// How many open folders have a file.
    @GuardedBy("lock")
    private final Map<String, Integer> leased = new HashMap<>();

    /// When a file was kept whose record may be on its way.
    @GuardedBy("lock")
    private final Map<String, Long> fresh = new HashMap<>();

    Leases(Shelf shelf, NanoClock clock) {
        this.shelf = shelf;
        this.clock = clock;
    }

    void kept(String sha256) {
        lock.lock();
        try {
            fresh.put(sha256, clock.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    void lease(List<StoredFile> files) {
        lock.lock();
        try {
            files.forEach(file -> leased.merge(file.sha256(), 1, Integer::sum));
        } finally {
            lock.unlock();
        }
    }

    void release(List<StoredFile> files) {
        lock.lock();
        try {
            files.forEach(file -> leased.merge(file.sha256(), -1, Leases::sumOrNothing));
        } finally {
            lock.unlock();
        }
    }

    @SuppressWarnings("NullAway") // Null takes the entry out of the map.
    private static Integer sumOrNothing(Integer count, Integer change) {
        return count + change == 0 ? null : Integer.valueOf(count + change);
    }

    /// Under the lock, so that nothing is leased between the decision and the deed.
    void sweep(Set<String> recorded, Set<String> irreplaceable, long maxBytes) throws IOException {
        lock.lock();
        try {
            long now = clock.nanoTime();
            fresh.values().removeIf(kept -> now - kept > FRESH_NANOS);
            Sweep sweep = new Sweep(recorded, irreplaceable, leased.keySet(), fresh.keySet(), maxBytes);
            for (Shelf.Entry entry : sweep.dropped(shelf.entries())) {
                Files.deleteIfExists(entry.file());
            }
        } finally {
            lock.unlock();
        }
    }
}
