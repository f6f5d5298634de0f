package dev.penstock.server.monitoring;

import dev.penstock.monitor.recording.RecordingMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// The baselines of all models, and which version is held against which; in the data folder, if there is one,
/// each in a file of its own that is there whole or not at all. One thread at a time changes it, and waits
/// for the
/// disk; any thread may ask meanwhile what there is, and only who first asks of a model waits.
final class BaselineStore {
    /// Of one model.
    static final int MOST = 64;

    private final @Nullable BaselineFiles files;
    private final RecordingMemory memory;
    private final Map<String, ModelBaselines> models = new ConcurrentHashMap<>();

    /// @param folder which need not be there; null keeps nothing
    /// @param memory in which they find room, or do not
    BaselineStore(@Nullable Path folder, RecordingMemory memory) {
        this.files = folder == null ? null : new BaselineFiles(folder);
        this.memory = memory;
    }

    /// Whether nobody has to wait for the disk to know what a model has.
    boolean isRead(String model) {
        return files == null || models.containsKey(model);
    }

    List<Baseline> of(String model) {
        return List.copyOf(kept(model).baselines().values());
    }

    @Nullable
    Baseline find(String model, String id) {
        return kept(model).baselines().get(id);
    }

    /// What a version is held against, or null.
    @Nullable
    Baseline assigned(String model, long version) {
        ModelBaselines kept = kept(model);
        String id = kept.assigned().get(version);
        return id == null ? null : kept.baselines().get(id);
    }

    /// Where there is no room, learned ones that no version needs make some, the oldest first.
    ///
    /// @param needed versions of the model that serve, or may at any time
    /// @return why there is no room, or "" if it is kept
    /// @throws IOException if it cannot be kept; then it is not
    String add(Baseline baseline, LongPredicate needed) throws IOException {
        ModelBaselines kept = kept(baseline.model());
        if (kept.baselines().containsKey(baseline.id())) {
            return "";
        }
        // Read once: others give memory back, and take it, at any time.
        long free = memory.maxBytes() - memory.reservedBytes();
        List<Baseline> going = making(kept, baseline, needed, free);
        if (going == null) {
            return full(kept, baseline, free);
        }
        long ofGoing = going.stream().mapToLong(Baseline::bytes).sum();
        long more = Math.max(0, baseline.bytes() - ofGoing);
        if (!memory.tryReserve(more)) {
            return "the memory went to others";
        }
        replace(going, baseline, more);
        models.put(baseline.model(), kept(baseline.model()).with(baseline));
        memory.release(ofGoing + more - baseline.bytes());
        return "";
    }

    /// Takes those that are going away only once the new one is there. Theirs and `more` stay reserved.
    ///
    /// @throws IOException if it cannot be; then the new one is not there, and has no memory
    private void replace(List<Baseline> going, Baseline baseline, long more) throws IOException {
        long unused = more;
        try {
            if (files != null) {
                files.write(baseline);
            }
            for (Baseline one : going) {
                erase(one.model(), one.id());
                unused += one.bytes();
            }
        } catch (IOException e) {
            memory.release(unused);
            if (files != null) {
                files.delete(baseline, e);
            }
            throw e;
        }
    }

    private static String full(ModelBaselines kept, Baseline baseline, long free) {
        if (kept.baselines().size() >= MOST) {
            return "%s has %d baselines (expected: fewer than %d; DELETE one that no version is held against)"
                    .formatted(baseline.model(), kept.baselines().size(), MOST);
        }
        return "a baseline of %d bytes where %d are free (expected: more in monitoring.max-bytes)"
                .formatted(baseline.bytes(), free);
    }

    /// Those that have to go to make room for a baseline: as many of the oldest as are enough.
    ///
    /// @param freeBytes of the memory without any of them
    /// @return null if all of them would not be enough: then none has to go
    private static @Nullable List<Baseline> making(ModelBaselines kept, Baseline baseline, LongPredicate needed, long freeBytes) {
        Iterator<Baseline> left = kept.baselines().values().stream()
                .filter(one -> one.origin() == Baseline.Origin.LEARNED)
                .filter(one -> users(kept, one.id()).noneMatch(needed))
                .sorted(Comparator.comparingLong(Baseline::createdMillis))
                .iterator();
        List<Baseline> going = new ArrayList<>();
        long free = freeBytes;
        while (kept.baselines().size() - going.size() >= MOST || baseline.bytes() > free) {
            if (!left.hasNext()) {
                return null;
            }
            Baseline oldest = left.next();
            going.add(oldest);
            free += oldest.bytes();
        }
        return going;
    }

    private static LongStream users(ModelBaselines kept, String id) {
        return kept.assigned().entrySet().stream()
                .filter(one -> one.getValue().equals(id))
                .mapToLong(Map.Entry::getKey);
    }

    /// The versions that are held against it, in order.
    List<Long> users(String model, String id) {
        return users(kept(model), id).sorted().boxed().toList();
    }

    /// Forgets a baseline that is there. Versions that were held against it are held against nothing.
    ///
    /// @throws IOException if it cannot be; then it is still there
    void remove(String model, String id) throws IOException {
        Baseline removed = kept(model).baselines().get(id);
        if (removed != null) {
            erase(model, id);
            memory.release(removed.bytes());
        }
    }

    /// Its memory stays reserved.
    private void erase(String model, String id) throws IOException {
        ModelBaselines kept = kept(model);
        ModelBaselines left = kept.without(id);
        if (files != null) {
            if (left.assigned().size() < kept.assigned().size()) {
                files.write(model, left.assigned());
            }
            files.delete(model, id);
        }
        models.put(model, left);
    }

    /// @throws IOException if it cannot be kept; then nothing has changed
    void assign(String model, long version, String id) throws IOException {
        ModelBaselines kept = kept(model);
        ModelBaselines held = kept.held(version, id);
        if (files != null) {
            files.write(model, held.assigned());
        }
        models.put(model, held);
    }

    /// Waits for the disk if nobody has asked of the model before.
    private ModelBaselines kept(String model) {
        ModelBaselines present = models.get(model);
        if (present == null && files != null) {
            present = files.read(model, memory);
            models.put(model, present);
        }
        return present == null ? ModelBaselines.NOTHING : present;
    }
}
