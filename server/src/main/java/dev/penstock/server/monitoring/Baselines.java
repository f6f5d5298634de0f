package dev.penstock.server.monitoring;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The baselines of all models for those who must not wait for a disk, and for those who ask for it. All that
/// changes them, and all that is asked of them but [#assigned], is done in order by the thread of the disk.
/// Thread-safe.
final class Baselines {
    private static final System.Logger LOG = System.getLogger(Baselines.class.getName());

    private static final String NOT_KEPT = "the baseline of %s is not kept; after a restart it is learnt again: %s";

    private final BaselineStore store;
    private final DiskWork disk;
    private final Predicate<ModelKey> needed;

    /// Models whose files are being read.
    private final Set<String> asked = ConcurrentHashMap.newKeySet();

    /// What was learnt, and is not written yet. As many as wait for the disk, at most.
    private final Map<ModelKey, Baseline> unwritten = new ConcurrentHashMap<>();

    /// @param needed whether a version serves, or may at any time; asked by the thread of the disk
    Baselines(BaselineStore store, DiskWork disk, Predicate<ModelKey> needed) {
        this.store = store;
        this.disk = disk;
        this.needed = needed;
    }

    /// Whether it is known what versions of a model are held against; if not it is read soon. Waits for
    /// nothing.
    boolean areRead(String model) {
        if (store.isRead(model)) {
            return true;
        }
        if (asked.add(model)) {
            try {
                disk.execute(() -> read(model));
            } catch (RejectedExecutionException e) {
                // It is asked for again.
                asked.remove(model);
            }
        }
        return false;
    }

    private void read(String model) {
        try {
            List<Baseline> _ = store.of(model);
        } finally {
            asked.remove(model);
        }
    }

    /// What a version is held against, or null. Waits for nothing.
    @Nullable
    Baseline assigned(ModelKey key) {
        Baseline learnt = unwritten.get(key);
        if (learnt != null) {
            return learnt;
        }
        return store.isRead(key.name()) ? store.assigned(key.name(), key.version()) : null;
    }

    /// Of a model, the oldest first. Waits for the disk, not for long.
    List<Baseline> of(String model) {
        return disk.call(() -> store.of(model));
    }

    /// Waits for the disk, not for long.
    ///
    /// @throws ServingException if there is none of that id
    Baseline find(String model, String id) {
        return disk.call(() -> found(model, id));
    }

    private Baseline found(String model, String id) {
        Baseline baseline = store.find(model, id);
        if (baseline == null) {
            throw new ServingException(ErrorCode.NOT_FOUND, "%s has no baseline '%s'".formatted(model, id));
        }
        return baseline;
    }

    /// Has what a version has learnt kept soon. Waits for nothing; a failure is told.
    void learnt(ModelKey key, Baseline baseline) {
        unwritten.put(key, baseline);
        try {
            disk.execute(() -> keep(key, baseline));
        } catch (RejectedExecutionException e) {
            unwritten.remove(key);
            notKept(key, "the disk is behind");
        }
    }

    private void keep(ModelKey key, Baseline baseline) {
        try {
            String full = added(baseline);
            if (full.isEmpty()) {
                // What a person has the version held to meanwhile counts.
                if (store.assigned(key.name(), key.version()) == null) {
                    store.assign(key.name(), key.version(), baseline.id());
                }
            } else {
                notKept(key, full);
            }
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, NOT_KEPT.formatted(key, e), e);
        } finally {
            unwritten.remove(key, baseline);
        }
    }

    private static void notKept(ModelKey key, String why) {
        LOG.log(System.Logger.Level.WARNING, NOT_KEPT.formatted(key, why));
    }

    /// @return why there is no room, or ""
    private String added(Baseline baseline) throws IOException {
        return store.add(baseline, version -> needed.test(new ModelKey(baseline.model(), version)));
    }

    /// Keeps a baseline; one that is there already is the same. Waits for the disk, not for long.
    ///
    /// @throws ServingException if the model has as many as it may have
    /// @throws UncheckedIOException if it cannot be kept, or is not yet
    void add(Baseline baseline) {
        String full = disk.call(() -> added(baseline));
        if (!full.isEmpty()) {
            throw new ServingException(ErrorCode.OVERLOADED, full);
        }
    }

    /// Forgets a baseline that no version needs. Waits for the disk, not for long.
    ///
    /// @throws ServingException if there is none of that id, or a version that may be asked for is held
    ///     against it
    /// @throws UncheckedIOException if it cannot be forgotten, or is not yet
    void remove(String model, String id) {
        String _ = disk.call(() -> removed(model, id));
    }

    private String removed(String model, String id) throws IOException {
        Baseline baseline = found(model, id);
        List<Long> users = store.users(model, id).stream()
                .filter(version -> needed.test(new ModelKey(model, version)))
                .toList();
        if (!users.isEmpty()) {
            throw ServingException.invalid(
                    "baseline '%s' of %s: versions %s are held against it (expected: none that serves)"
                            .formatted(id, model, users));
        }
        store.remove(model, id);
        return baseline.id();
    }

    /// Has a version held against a baseline after every restart. Waits for the disk, not for long.
    ///
    /// @param now done by the thread of the disk once it is kept
    /// @throws ServingException if there is none of that id
    /// @throws UncheckedIOException if it cannot be kept, and then nothing has changed; or is not yet, and then
    ///     it counts once it is
    void hold(ModelKey key, String id, Consumer<Baseline> now) {
        Baseline _ = disk.call(() -> held(key, id, now));
    }

    private Baseline held(ModelKey key, String id, Consumer<Baseline> now) throws IOException {
        Baseline baseline = found(key.name(), id);
        store.assign(key.name(), key.version(), id);
        now.accept(baseline);
        return baseline;
    }
}
