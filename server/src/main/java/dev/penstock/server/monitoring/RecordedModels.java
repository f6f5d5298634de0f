package dev.penstock.server.monitoring;

import dev.penstock.monitor.recording.RecordingMemory;
import dev.penstock.server.admin.BaselineRecords;
import dev.penstock.server.store.BaselineChange;
import dev.penstock.server.store.BaselineRecord;
import dev.penstock.server.store.BaselineSet;
import dev.penstock.server.store.StoreException;
import dev.penstock.server.store.StoredBaselines;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// Reads what the record has of models' baselines, as far as there is room, and has it take over what releases
/// before kept in files. Waits for the record.
///
/// @param before null if there are no files
record RecordedModels(BaselineRecords records, @Nullable BaselineFiles before, RecordingMemory memory) {
    private static final System.Logger LOG = System.getLogger(RecordedModels.class.getName());

    /// For the first time.
    ModelBaselines first(String model) {
        if (before != null) {
            takeOver(model, before.read(model));
        }
        return read(model, ModelBaselines.NOTHING);
    }

    private void takeOver(String model, BaselineFiles.Found found) {
        if (found.isEmpty()) {
            return;
        }
        boolean done = false;
        while (!done) {
            done = tryTakeOver(model, found);
        }
        Set<String> recorded = Set.copyOf(records.read(store -> store.of(model)).ids());
        BaselineFiles.delete(found, recorded);
        long left = found.baselines().keySet().stream()
                .filter(id -> !recorded.contains(id))
                .count();
        if (left > 0) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} baselines of {1} stay in files of the data folder: the record has {2} (expected: < {3})",
                    left,
                    model,
                    recorded.size(),
                    StoredBaselines.MOST);
        }
    }

    /// @return false if somebody else was faster
    private boolean tryTakeOver(String model, BaselineFiles.Found found) {
        BaselineSet there = records.read(store -> store.of(model));
        BaselineChange change = missing(there, found);
        if (change.isNone()) {
            return true;
        }
        try {
            String detail =
                    "%d baselines of a data folder".formatted(change.added().size());
            long _ = records.change(model, there.revision(), change, "monitoring", "take-over-baselines", detail);
            return true;
        } catch (StoreException e) {
            if (e.reason() != StoreException.Reason.STALE) {
                throw e;
            }
            return false;
        }
    }

    /// Those that the record does not have, as many as it may have; what a version is held against there
    /// counts.
    private static BaselineChange missing(BaselineSet there, BaselineFiles.Found found) {
        List<BaselineRecord> added = new ArrayList<>();
        Set<String> ids = new LinkedHashSet<>(there.ids());
        for (Baseline one : found.baselines().values()) {
            if (ids.size() < StoredBaselines.MOST && ids.add(one.id())) {
                added.add(new BaselineRecord(one.id(), one.json()));
            }
        }
        Map<Long, String> held = new HashMap<>(found.held());
        held.keySet().removeAll(there.held().keySet());
        held.values().removeIf(id -> !ids.contains(id));
        return new BaselineChange(added, Set.of(), held);
    }

    /// Those that find room; what versions are held against does before anything else.
    ///
    /// @param known as it was read before, or written: what of it is gone has no memory any more
    ModelBaselines read(String model, ModelBaselines known) {
        BaselineSet there = records.read(store -> store.of(model));
        Set<String> order = new LinkedHashSet<>(there.ids());
        order.retainAll(Set.copyOf(there.held().values()));
        order.addAll(there.ids());
        Map<String, Baseline> news = new HashMap<>();
        try {
            for (String id : order) {
                Baseline one = known.baselines().containsKey(id) ? null : content(model, id);
                if (one != null && memory.tryReserve(one.bytes())) {
                    news.put(id, one);
                }
            }
        } catch (RuntimeException e) {
            news.values().forEach(one -> memory.release(one.bytes()));
            throw e;
        }
        known.baselines().forEach((id, one) -> memory.release(order.contains(id) ? 0 : one.bytes()));
        return put(model, there, known, news);
    }

    private static ModelBaselines put(
            String model, BaselineSet there, ModelBaselines known, Map<String, Baseline> news) {
        Map<String, Baseline> found = new LinkedHashMap<>();
        Set<String> leftOut = new LinkedHashSet<>();
        for (String id : there.ids()) {
            Baseline one = known.baselines().getOrDefault(id, news.get(id));
            if (one == null) {
                leftOut.add(id);
            } else {
                found.put(id, one);
            }
        }
        if (!leftOut.isEmpty()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} baselines of {1} find no room and are left out (expected: more in monitoring.max-bytes)",
                    leftOut.size(),
                    model);
        }
        return new ModelBaselines(there.revision(), found, leftOut, there.held());
    }

    /// @return null if it is gone, or cannot be read, which is told
    @Nullable
    Baseline content(String model, String id) {
        String content = records.read(store -> store.content(model, id)).orElse("");
        if (content.isEmpty()) {
            return null;
        }
        try {
            return BaselineJson.read(content);
        } catch (JacksonException | IllegalArgumentException e) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "baseline %s of %s cannot be read and is left out".formatted(id, model),
                    e);
            return null;
        }
    }
}
