package dev.penstock.server.registry;

import com.google.errorprone.annotations.MustBeClosed;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.server.store.ModelRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The newest record of every model that this server has seen, in whatever order it saw them. Thread-safe.
final class KnownRecords {
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Map<String, ModelRecord> records = new TreeMap<>();

    /// Models that were deleted, until nobody reads any more who began to before: that is not to bring them
    /// back.
    @GuardedBy("lock")
    private final Map<String, Deleted> deleted = new HashMap<>();

    /// The readings under way, in the order in which they began.
    @GuardedBy("lock")
    private final SortedSet<Long> readings = new TreeSet<>();

    @GuardedBy("lock")
    private long nextReading;

    /// @param revision the last that the model had
    /// @param reading the first that cannot have seen it any more
    private record Deleted(long revision, long reading) {}

    /// Somebody reads the record. What is read is learned before it ends.
    interface Reading extends AutoCloseable {
        @Override
        void close();
    }

    @MustBeClosed
    Reading read() {
        lock.lock();
        try {
            long reading = nextReading;
            nextReading++;
            readings.add(reading);
            return () -> ended(reading);
        } finally {
            lock.unlock();
        }
    }

    private void ended(long reading) {
        lock.lock();
        try {
            readings.remove(reading);
            long oldest = readings.isEmpty() ? nextReading : readings.first();
            deleted.values().removeIf(model -> model.reading() <= oldest);
        } finally {
            lock.unlock();
        }
    }

    /// @return whether it is news
    boolean learn(ModelRecord record) {
        lock.lock();
        try {
            ModelRecord known = records.get(record.name());
            Deleted last = deleted.get(record.name());
            long newest = known == null ? (last == null ? 0 : last.revision()) : known.revision();
            if (record.revision() <= newest) {
                return false;
            }
            records.put(record.name(), record);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// @param revision the last that the model had
    /// @return whether it is news
    boolean learnDeleted(String model, long revision) {
        lock.lock();
        try {
            ModelRecord known = records.get(model);
            if (known == null || known.revision() > revision) {
                return false;
            }
            records.remove(model);
            deleted.put(model, new Deleted(revision, nextReading));
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// How many deleted models it still has to know of.
    int remembered() {
        lock.lock();
        try {
            return deleted.size();
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    ModelRecord get(String model) {
        lock.lock();
        try {
            return records.get(model);
        } finally {
            lock.unlock();
        }
    }

    /// By name.
    List<ModelRecord> all() {
        lock.lock();
        try {
            return List.copyOf(records.values());
        } finally {
            lock.unlock();
        }
    }
}
