package dev.penstock.server.registry;

import com.google.errorprone.annotations.MustBeClosed;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.Recorded;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    /// The greatest revision of the whole record that was seen.
    @GuardedBy("lock")
    private long revision;

    private final KnownRoutes routes = new KnownRoutes();

    /// @param revision the last that the model had
    /// @param reading the first that cannot have seen it any more
    private record Deleted(long revision, long reading) {}

    /// What was known at one moment.
    ///
    /// @param revision the greatest that was seen of the whole record; 0 if nothing is known
    record Seen(long revision, Map<String, ModelRecord> models) {
        /// Whether what was read after that moment is older all the same, so that the record went back in time.
        boolean isAheadOf(Recorded recorded) {
            return revision > recorded.revision() || recorded.models().stream().anyMatch(this::contradicts);
        }

        private boolean contradicts(ModelRecord read) {
            ModelRecord known = models.get(read.name());
            return known != null
                    && (known.revision() > read.revision()
                            || (known.revision() == read.revision() && !known.equals(read)));
        }
    }

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
            revision = Math.max(revision, record.revision());
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

    /// Of the same record.
    KnownRoutes routes() {
        return routes;
    }

    /// Something that is no model was written.
    void saw(long newRevision) {
        lock.lock();
        try {
            revision = Math.max(revision, newRevision);
        } finally {
            lock.unlock();
        }
    }

    Seen seen() {
        lock.lock();
        try {
            return new Seen(revision, Map.copyOf(records));
        } finally {
            lock.unlock();
        }
    }

    /// Learns all models at once.
    ///
    /// @param before what was known before they were read: only of that is it known that it is gone now
    /// @return the models that are not as they were known
    Set<String> learn(Seen before, Recorded recorded) {
        lock.lock();
        try {
            Set<String> changed = new TreeSet<>();
            Set<String> gone = new TreeSet<>(before.models().keySet());
            for (ModelRecord record : recorded.models()) {
                gone.remove(record.name());
                if (learn(record)) {
                    changed.add(record.name());
                }
            }
            before.models().forEach((model, known) -> {
                if (gone.contains(model) && learnDeleted(model, known.revision())) {
                    changed.add(model);
                }
            });
            revision = Math.max(revision, recorded.revision());
            return changed;
        } finally {
            lock.unlock();
        }
    }

    /// The same of a record that went back in time: it takes the place of all that was known, however new that
    /// was.
    Set<String> learnAnew(Recorded recorded) {
        lock.lock();
        try {
            Map<String, ModelRecord> before = new HashMap<>(records);
            records.clear();
            deleted.clear();
            Set<String> changed = new TreeSet<>(before.keySet());
            for (ModelRecord record : recorded.models()) {
                records.put(record.name(), record);
                if (record.equals(before.get(record.name()))) {
                    changed.remove(record.name());
                } else {
                    changed.add(record.name());
                }
            }
            revision = recorded.revision();
            return changed;
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
