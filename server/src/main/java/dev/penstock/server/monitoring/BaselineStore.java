package dev.penstock.server.monitoring;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.monitor.recording.RecordingMemory;
import dev.penstock.server.admin.BaselineRecords;
import dev.penstock.server.store.BaselineChange;
import dev.penstock.server.store.BaselineRecord;
import dev.penstock.server.store.StoreException;
import dev.penstock.server.store.StoredBaselines;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// The baselines of all models, and which version is held against which: as the record has them, if there is
/// one. One thread at a time changes it, and waits for the record; any thread may ask meanwhile what there
/// is, and only who first asks of a model waits. What the record refuses is thrown as a [ServingException],
/// and then nothing has changed.
final class BaselineStore {
    /// Of one model.
    static final int MOST = StoredBaselines.MOST;

    private static final int MOST_TRIES = 100;

    private final @Nullable RecordedModels records;
    private final RecordingMemory memory;
    private final Map<String, ModelBaselines> models = new ConcurrentHashMap<>();

    /// What the audit log says of a change.
    private record Said(String who, String action, String detail) {}

    /// @param records null keeps them in memory
    /// @param before of releases before, whose baselines the record takes over; null if there are none
    /// @param memory in which they find room, or do not
    BaselineStore(@Nullable BaselineRecords records, @Nullable BaselineFiles before, RecordingMemory memory) {
        this.records = records == null ? null : new RecordedModels(records, before, memory);
        this.memory = memory;
    }

    /// Whether nobody has to wait for the record to know what a model has.
    boolean isRead(String model) {
        return records == null || models.containsKey(model);
    }

    List<Baseline> of(String model) {
        return List.copyOf(kept(model).baselines().values());
    }

    /// One that found no room is read for whoever asks, and so is one that another server has just brought.
    @Nullable
    Baseline find(String model, String id) {
        Baseline found = kept(model).baselines().get(id);
        if (found != null || records == null) {
            return found;
        }
        if (!kept(model).leftOut().contains(id)) {
            models.put(model, records.read(model, kept(model)));
        }
        Baseline brought = kept(model).baselines().get(id);
        return brought == null ? records.content(model, id) : brought;
    }

    /// What a version is held against, or null.
    @Nullable
    Baseline assigned(String model, long version) {
        ModelBaselines kept = kept(model);
        String id = kept.assigned().get(version);
        return id == null ? null : kept.baselines().get(id);
    }

    /// What versions of a model are held against.
    Map<Long, String> assigned(String model) {
        return kept(model).assigned();
    }

    /// Where there is no room, learned ones that no version needs make some, the oldest first.
    ///
    /// @param needed versions of the model that serve, or may at any time
    /// @return why there is no room, or "" if it is kept
    String add(Baseline baseline, LongPredicate needed, String who) {
        String detail = "baseline %s, %d rows".formatted(baseline.id(), baseline.rows());
        Said said = new Said(who, "add-baseline", detail);
        return changing(baseline.model(), kept -> added(kept, baseline, Map.of(), needed, said));
    }

    /// The same of what a version has learnt, which is held against it then, unless it is held against another
    /// by now.
    String learn(long version, Baseline baseline, LongPredicate needed) {
        String detail = "version %d, baseline %s, %d rows".formatted(version, baseline.id(), baseline.rows());
        Said said = new Said("monitoring", "learn-baseline", detail);
        return changing(
                baseline.model(),
                kept -> kept.assigned().containsKey(version)
                        ? ""
                        : added(kept, baseline, Map.of(version, baseline.id()), needed, said));
    }

    private String added(
            ModelBaselines kept, Baseline baseline, Map<Long, String> held, LongPredicate needed, Said said) {
        String model = baseline.model();
        if (kept.baselines().containsKey(baseline.id()) || kept.leftOut().contains(baseline.id())) {
            if (!held.isEmpty()) {
                change(model, kept, new BaselineChange(List.of(), Set.of(), held), Map.of(), said);
            }
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
        try {
            BaselineChange change = BaselineChange.added(
                    new BaselineRecord(baseline.id(), baseline.json()),
                    going.stream().map(Baseline::id).toList(),
                    held);
            change(model, kept, change, Map.of(baseline.id(), baseline), said);
        } catch (RuntimeException e) {
            memory.release(more);
            throw e;
        }
        memory.release(ofGoing + more - baseline.bytes());
        return "";
    }

    private void change(
            String model, ModelBaselines kept, BaselineChange change, Map<String, Baseline> added, Said said) {
        long revision = records == null
                ? 0
                : records.records().change(model, kept.revision(), change, said.who(), said.action(), said.detail());
        models.put(model, kept.after(change, added, revision));
    }

    private static String full(ModelBaselines kept, Baseline baseline, long free) {
        if (kept.size() >= MOST) {
            return "%s has %d baselines (expected: fewer than %d; DELETE one that no version is held against)"
                    .formatted(baseline.model(), kept.size(), MOST);
        }
        return "a baseline of %d bytes where %d are free (expected: more in monitoring.max-bytes)"
                .formatted(baseline.bytes(), free);
    }

    /// Those that have to go to make room for a baseline: as many of the oldest as are enough.
    ///
    /// @param freeBytes of the memory without any of them
    /// @return null if all of them would not be enough: then none has to go
    private static @Nullable List<Baseline> making(
            ModelBaselines kept, Baseline baseline, LongPredicate needed, long freeBytes) {
        Iterator<Baseline> left = kept.baselines().values().stream()
                .filter(one -> one.origin() == Baseline.Origin.LEARNED)
                .filter(one -> users(kept, one.id()).noneMatch(needed))
                .sorted(Comparator.comparingLong(Baseline::createdMillis))
                .iterator();
        List<Baseline> going = new ArrayList<>();
        long free = freeBytes;
        while (kept.size() - going.size() >= MOST || baseline.bytes() > free) {
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

    /// Forgets a baseline if it is there. Versions that were held against it are held against nothing.
    ///
    /// @param needed versions of the model that serve, or may at any time
    /// @throws ServingException if one of these is held against it
    void remove(String model, String id, LongPredicate needed, String who) {
        long bytes = changing(model, kept -> {
            checkUnused(model, kept, id, needed);
            Baseline removed = kept.baselines().get(id);
            if (removed == null && !kept.leftOut().contains(id)) {
                return 0L;
            }
            Said said = new Said(who, "delete-baseline", "baseline " + id);
            change(model, kept, BaselineChange.removed(id), Map.of(), said);
            return removed == null ? 0L : removed.bytes();
        });
        memory.release(bytes);
    }

    private static void checkUnused(String model, ModelBaselines kept, String id, LongPredicate needed) {
        List<Long> users = users(kept, id).filter(needed).sorted().boxed().toList();
        if (!users.isEmpty()) {
            throw ServingException.invalid(
                    "baseline '%s' of %s: versions %s are held against it (expected: none that serves)"
                            .formatted(id, model, users));
        }
    }

    /// @return false if there is no such baseline, or no room for it
    boolean assign(String model, long version, String id, String who) {
        return changing(model, kept -> {
            if (!kept.baselines().containsKey(id)) {
                return false;
            }
            Said said = new Said(who, "hold-baseline", "version %d, baseline %s".formatted(version, id));
            change(model, kept, BaselineChange.held(version, id), Map.of(), said);
            return true;
        });
    }

    /// @param step throws what the record says if somebody else was faster
    private <T> T changing(String model, Function<ModelBaselines, T> step) {
        for (int i = 0; i < MOST_TRIES; i++) {
            try {
                return step.apply(kept(model));
            } catch (StoreException e) {
                if (records == null || e.reason() != StoreException.Reason.STALE) {
                    throw e;
                }
                models.put(model, records.read(model, kept(model)));
            }
        }
        throw new ServingException(
                ErrorCode.NOT_READY,
                "the baselines of '%s' were changed by others %d times meanwhile; try again"
                        .formatted(model, MOST_TRIES));
    }

    /// Knows what others have changed, of models that somebody asked of.
    ///
    /// @return those models
    Set<String> follow() {
        Set<String> changed = new TreeSet<>();
        if (records != null) {
            Map<String, Long> now = records.records().read(StoredBaselines::revisions);
            for (Map.Entry<String, ModelBaselines> one : models.entrySet()) {
                if (now.getOrDefault(one.getKey(), 0L) != one.getValue().revision()) {
                    one.setValue(records.read(one.getKey(), one.getValue()));
                    changed.add(one.getKey());
                }
            }
        }
        return changed;
    }

    /// Waits for the record if nobody has asked of the model before.
    private ModelBaselines kept(String model) {
        ModelBaselines present = models.get(model);
        if (present == null && records != null) {
            present = records.first(model);
            models.put(model, present);
        }
        return present == null ? ModelBaselines.NOTHING : present;
    }
}
