package dev.penstock.server.registry;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.server.store.ModelRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The newest record of every model that this server has seen, in whatever order it saw them. Thread-safe.
final class KnownRecords {
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Map<String, ModelRecord> records = new TreeMap<>();

    /// The last revision of models that were deleted: what was read before is not to bring them back.
    @GuardedBy("lock")
    private final Map<String, Long> deleted = new HashMap<>();

    /// @return whether it is news
    boolean learn(ModelRecord record) {
        lock.lock();
        try {
            ModelRecord known = records.get(record.name());
            long newest = known == null ? deleted.getOrDefault(record.name(), 0L) : known.revision();
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
            deleted.merge(model, revision, Math::max);
            return true;
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
