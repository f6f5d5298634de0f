package dev.penstock.server.registry;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.store.Act;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.StoreException;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Reads and changes the record, once it could be opened. Thread-safe; blocks.
final class RecordKeeper implements AutoCloseable {
    private static final int MAX_TRIES = 100;

    private final Supplier<ModelStore> opener;
    private final KnownRecords known;
    private final InstantSource time;
    private final ReentrantLock lock = new ReentrantLock();

    /// Written under `lock`, read without: whoever opens it may take long, and nobody should wait for that.
    private volatile @Nullable ModelStore opened;

    @GuardedBy("lock")
    private boolean closed;

    /// A change of one model.
    ///
    /// @param before as it was
    /// @param after as it is now; the same if there was nothing to change
    record Changed(ModelRecord before, ModelRecord after) {
        boolean isNone() {
            return before.equals(after);
        }
    }

    /// What a model is to become, and what the audit log says of it.
    ///
    /// @param rollout the id of the one that promotes somebody by that, which is to be promoting still when
    ///     it is written; ""
    record Edit(ModelRecord next, String detail, String rollout) {
        Edit(ModelRecord next, String detail) {
            this(next, detail, "");
        }
    }

    /// Finds out what a model is to become. It may run several times.
    @FunctionalInterface
    interface Step {
        Edit from(ModelRecord before, ModelStore store);
    }

    /// @param opener opens the record, or throws a [StoreException]
    /// @param known learns what is written
    RecordKeeper(Supplier<ModelStore> opener, KnownRecords known, InstantSource time) {
        this.opener = opener;
        this.known = known;
        this.time = time;
    }

    /// Opens it if it is not open.
    ///
    /// @param onChange runs after changes that others made
    /// @throws StoreException if it cannot be opened now
    /// @throws ServingException after [#close]
    ModelStore open(Runnable onChange) {
        lock.lock();
        try {
            if (closed) {
                throw LoaderThread.stopping();
            }
            ModelStore store = opened;
            if (store == null) {
                store = opener.get();
                opened = store;
                store.onChange(onChange);
            }
            return store;
        } finally {
            lock.unlock();
        }
    }

    /// @throws ServingException if that fails, too
    <T> T read(Function<ModelStore, T> reading) {
        ModelStore store = opened();
        try (KnownRecords.Reading _ = known.read()) {
            return reading.apply(store);
        } catch (StoreException e) {
            throw RecordRefusals.of(e);
        }
    }

    /// Changes something that is no model.
    ///
    /// @throws StoreException with `STALE` if somebody else was faster
    /// @throws ServingException if the record refuses otherwise
    <T> T write(Function<ModelStore, T> writing) {
        ModelStore store = opened();
        try {
            checkHistory(store);
            return writing.apply(store);
        } catch (StoreException e) {
            if (e.reason() == StoreException.Reason.STALE) {
                throw e;
            }
            throw RecordRefusals.of(e);
        }
    }

    private ModelStore opened() {
        ModelStore store = opened;
        if (store == null) {
            throw RecordRefusals.away("the record of models cannot be reached yet; what serves goes on");
        }
        return store;
    }

    /// Changes a model; if somebody else does so meanwhile, it is read anew and the step taken again.
    ///
    /// @throws ServingException if the step or the record refuses
    Changed change(String model, String who, String action, Step step) {
        return read(store -> {
            for (int i = 0; i < MAX_TRIES; i++) {
                ModelRecord before = store.model(model).orElseGet(() -> none(store, model));
                Edit edit = step.from(before, store);
                if (edit.next().equals(before)) {
                    known.learn(before);
                    return new Changed(before, before);
                }
                try {
                    ModelRecord after = store.put(edit.next(), act(who, action, edit.detail()), edit.rollout());
                    known.learn(after);
                    return new Changed(before, after);
                } catch (StoreException e) {
                    throwUnlessStale(e);
                }
            }
            throw tooMany(model);
        });
    }

    private ModelRecord none(ModelStore store, String model) {
        checkHistory(store);
        return RecordEdits.none(model);
    }

    private void checkHistory(ModelStore store) {
        if (known.seen().revision() > 0 && store.revision() == 0) {
            throw RecordRefusals.away(
                    "the record of models has no history, but this server knows one: nothing is added before it is restored");
        }
    }

    /// Has the audit log say what was done about a model. Also where the record was lost: a note is no history.
    void note(String model, String who, String action, String detail) {
        boolean _ = read(store -> {
            store.note(model, act(who, action, detail));
            return true;
        });
    }

    /// Forgets a model.
    ///
    /// @param check throws if it must stay
    void delete(String model, String who, BiConsumer<ModelRecord, ModelStore> check) {
        boolean _ = read(store -> {
            for (int i = 0; i < MAX_TRIES; i++) {
                ModelRecord before = store.model(model).orElseThrow(() -> notRegistered(model));
                check.accept(before, store);
                long revision = before.revision();
                try {
                    store.delete(
                            model,
                            revision,
                            act(who, "delete", "versions " + before.versions().keySet()));
                    known.learn(before);
                    return known.learnDeleted(model, revision);
                } catch (StoreException e) {
                    throwUnlessStale(e);
                }
            }
            throw tooMany(model);
        });
    }

    static ServingException notRegistered(String model) {
        return new ServingException(ErrorCode.NOT_FOUND, "model '" + model + "' is not registered");
    }

    private Act act(String who, String action, String detail) {
        return new Act(who, action, detail, time.instant());
    }

    private static void throwUnlessStale(StoreException e) {
        if (e.reason() != StoreException.Reason.STALE) {
            throw e;
        }
    }

    private static ServingException tooMany(String model) {
        return new ServingException(
                ErrorCode.NOT_READY,
                "model '%s' was changed by others %d times meanwhile; try again".formatted(model, MAX_TRIES));
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            ModelStore store = opened;
            opened = null;
            if (store != null) {
                store.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
