package dev.penstock.server.monitoring;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.server.store.SlowDiskException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The baselines of all models for those who must not wait for the record, and for those who ask for it. All
/// that changes them, and all that is asked of them but [#assigned], is done in order by the thread of the
/// disk. Thread-safe.
final class Baselines {
    private static final System.Logger LOG = System.getLogger(Baselines.class.getName());

    private static final String NOT_KEPT = "the baseline of %s is not kept; after a restart it is learnt again: %s";

    /// After which what failed is tried again.
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final BaselineStore store;
    private final DiskWork disk;
    private final Predicate<ModelKey> needed;
    private final BiConsumer<ModelKey, Baseline> follow;

    /// Models that are being read, or could not be lately.
    private final Set<String> asked = ConcurrentHashMap.newKeySet();

    private final Set<String> failed = ConcurrentHashMap.newKeySet();

    /// What was learnt, and is not written yet. As many as there are versions, at most.
    private final Map<ModelKey, Baseline> unwritten = new ConcurrentHashMap<>();

    /// Of those, what could not be written lately.
    private final Set<ModelKey> waiting = ConcurrentHashMap.newKeySet();

    /// Whether the record may have changed.
    private final AtomicBoolean news = new AtomicBoolean();

    /// Whether it did, and could not be read.
    private final AtomicBoolean unread = new AtomicBoolean();

    /// Whether it could not be read the last time, which is said once.
    private volatile boolean failing;

    // Of the thread that ticks.
    private long triedMillis = Long.MIN_VALUE / 2;

    /// @param needed whether a version serves, or may at any time; asked by the thread of the disk
    /// @param follow told by the thread of the disk what a version is held against by somebody else's doing,
    ///     perhaps again
    Baselines(BaselineStore store, DiskWork disk, Predicate<ModelKey> needed, BiConsumer<ModelKey, Baseline> follow) {
        this.store = store;
        this.disk = disk;
        this.needed = needed;
        this.follow = follow;
    }

    /// The record may have changed. Waits for nothing.
    void recordChanged() {
        news.set(true);
    }

    /// Has what others changed known soon, and what failed tried again after a while. Waits for nothing; for
    /// one thread.
    void tick(long nowMillis) {
        boolean again = nowMillis - triedMillis >= RETRY.toMillis();
        if (!again && !news.get()) {
            return;
        }
        triedMillis = nowMillis;
        for (String model : List.copyOf(failed)) {
            // In this order: what fails again meanwhile is tried once more.
            failed.remove(model);
            asked.remove(model);
        }
        for (ModelKey key : List.copyOf(waiting)) {
            Baseline learnt = unwritten.get(key);
            if (waiting.remove(key) && learnt != null) {
                write(key, learnt);
            }
        }
        boolean changed = news.getAndSet(false);
        boolean left = unread.getAndSet(false);
        if (changed || left) {
            try {
                disk.execute(this::followRecord);
            } catch (RejectedExecutionException e) {
                // It is asked for again, as what failed is.
                unread.set(true);
            }
        }
    }

    private void followRecord() {
        try {
            for (String model : store.follow()) {
                for (long version : store.assigned(model).keySet()) {
                    Baseline usual = store.assigned(model, version);
                    if (usual != null) {
                        follow.accept(new ModelKey(model, version), usual);
                    }
                }
            }
            failing = false;
        } catch (RuntimeException e) {
            System.Logger.Level level = failing ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING;
            failing = true;
            unread.set(true);
            LOG.log(level, "the baselines of the record cannot be read now: {0}", e.getMessage());
        }
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
            asked.remove(model);
        } catch (RuntimeException e) {
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "the baselines of {0} cannot be read now, its versions learn nothing meanwhile: {1}",
                    model,
                    e.getMessage());
            failed.add(model);
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

    /// Of a model, the oldest first. Waits for the record, not for long.
    List<Baseline> of(String model) {
        return disk.ask(() -> store.of(model));
    }

    /// Waits for the record, not for long.
    ///
    /// @throws ServingException if there is none of that id
    Baseline find(String model, String id) {
        return disk.ask(() -> found(model, id));
    }

    private Baseline found(String model, String id) {
        Baseline baseline = store.find(model, id);
        if (baseline == null) {
            throw new ServingException(ErrorCode.NOT_FOUND, "%s has no baseline '%s'".formatted(model, id));
        }
        return baseline;
    }

    /// Has what a version has learnt kept soon, unless it is held against something else by then. Waits for
    /// nothing; a failure is told.
    void learnt(ModelKey key, Baseline baseline) {
        unwritten.put(key, baseline);
        write(key, baseline);
    }

    private void write(ModelKey key, Baseline baseline) {
        try {
            disk.execute(() -> keep(key, baseline));
        } catch (RejectedExecutionException e) {
            waiting.add(key);
        }
    }

    private void keep(ModelKey key, Baseline baseline) {
        try {
            String full = store.learn(key.version(), baseline, version -> isNeeded(key.name(), version));
            if (!full.isEmpty()) {
                notKept(key, full);
            }
            unwritten.remove(key, baseline);
            Baseline held = store.assigned(key.name(), key.version());
            if (held != null && !held.id().equals(baseline.id())) {
                // Another server was faster, or a person.
                follow.accept(key, held);
            }
        } catch (ServingException e) {
            if (e.code() == ErrorCode.NOT_READY) {
                waiting.add(key);
                return;
            }
            unwritten.remove(key, baseline);
            notKept(key, e.getMessage());
        } catch (RuntimeException e) {
            unwritten.remove(key, baseline);
            LOG.log(System.Logger.Level.WARNING, NOT_KEPT.formatted(key, e), e);
        }
    }

    private static void notKept(ModelKey key, @Nullable String why) {
        LOG.log(System.Logger.Level.WARNING, NOT_KEPT.formatted(key, why));
    }

    private boolean isNeeded(String model, long version) {
        return needed.test(new ModelKey(model, version));
    }

    /// Keeps a baseline; one that is there already is the same. Waits for the record, not for long.
    ///
    /// @throws ServingException if the model has as many as it may have, or it cannot be kept
    /// @throws UncheckedIOException if it is not kept yet
    void add(Baseline baseline, String who) {
        String full;
        try {
            full = disk.call(() -> store.add(baseline, version -> isNeeded(baseline.model(), version), who));
        } catch (SlowDiskException e) {
            throw new SlowDiskException(String.valueOf(e.getMessage()), baseline.id());
        }
        if (!full.isEmpty()) {
            throw new ServingException(ErrorCode.OVERLOADED, full);
        }
    }

    /// Forgets a baseline that no version needs. Waits for the record, not for long.
    ///
    /// @throws ServingException if there is none of that id, a version that may be asked for is held against
    ///     it, or it cannot be forgotten
    /// @throws UncheckedIOException if it is not forgotten yet
    void remove(String model, String id, String who) {
        String _ = disk.call(() -> removed(model, id, who));
    }

    private String removed(String model, String id, String who) {
        Baseline baseline = found(model, id);
        store.remove(model, id, version -> isNeeded(model, version), who);
        return baseline.id();
    }

    /// Has a version held against a baseline on all servers, and after every restart. Waits for the record, not
    /// for long.
    ///
    /// @param now done by the thread of the disk once it is kept
    /// @throws ServingException if there is none of that id, or it cannot be kept, and then nothing has changed
    /// @throws UncheckedIOException if it is not kept yet; then it counts once it is
    void hold(ModelKey key, String id, String who, Consumer<Baseline> now) {
        Baseline _ = disk.call(() -> held(key, id, who, now));
    }

    private Baseline held(ModelKey key, String id, String who, Consumer<Baseline> now) {
        Baseline baseline = found(key.name(), id);
        if (!store.assign(key.name(), key.version(), id, who)) {
            // Another server may have deleted it meanwhile.
            Baseline _ = found(key.name(), id);
            throw new ServingException(
                    ErrorCode.OVERLOADED,
                    "baseline '%s' of %s finds no room (expected: more in monitoring.max-bytes)"
                            .formatted(id, key.name()));
        }
        now.accept(baseline);
        return baseline;
    }
}
