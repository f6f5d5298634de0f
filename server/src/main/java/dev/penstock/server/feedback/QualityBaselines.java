package dev.penstock.server.feedback;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.server.store.DurableFile;
import dev.penstock.server.store.SlowDiskException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// How good versions were, in the data folder, if there is one; each in a file of its own that is there whole
/// or not at all. A thread of its own writes them. Thread-safe; nobody waits for the disk but who reads what
/// was written before, and, not for long, [#keep] and [#close].
final class QualityBaselines implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(QualityBaselines.class.getName());

    /// That are known and not written, at most, however long the disk hangs.
    private static final int MOST_UNWRITTEN = 1_000;

    /// That somebody waits for, at most.
    private static final int MOST_ASKED = 16;

    private final @Nullable Path folder;
    private final Duration patience;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition something = lock.newCondition();

    @GuardedBy("lock")
    private final Map<ModelKey, QualityBaseline> unwritten = new LinkedHashMap<>();

    @GuardedBy("lock")
    private final Queue<Asked> asked = new ArrayDeque<>();

    /// What is to be written besides; null if nothing is.
    @GuardedBy("lock")
    private @Nullable Runnable besides;

    @GuardedBy("lock")
    private boolean started;

    @GuardedBy("lock")
    private boolean closed;

    /// @param then done once it is written
    private record Asked(ModelKey key, QualityBaseline baseline, Runnable then, CompletableFuture<Void> done) {}

    /// @param folder which need not be there; null keeps nothing
    /// @param patience with the disk
    QualityBaselines(@Nullable Path folder, Duration patience) {
        this.folder = folder;
        this.patience = patience;
        this.thread = Thread.ofPlatform().daemon().name("feedback-disk").unstarted(this::run);
    }

    /// Has it known from now on, and written soon.
    void remember(ModelKey key, QualityBaseline baseline) {
        if (folder == null) {
            return;
        }
        lock.lock();
        try {
            if (unwritten.size() < MOST_UNWRITTEN) {
                unwritten.put(key, baseline);
                wake();
                return;
            }
        } finally {
            lock.unlock();
        }
        LOG.log(
                System.Logger.Level.WARNING,
                "how good {0} is is not kept: {1} others are not written yet",
                key,
                MOST_UNWRITTEN);
    }

    /// Has something be written soon, in the place of what was to be so and is not yet begun.
    void then(Runnable write) {
        lock.lock();
        try {
            besides = write;
            wake();
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void wake() {
        something.signal();
        if (!started) {
            started = true;
            thread.start();
        }
    }

    private void run() {
        try {
            while (step()) {
                // Goes on.
            }
        } catch (InterruptedException e) {
            // Nobody does that.
            Thread.currentThread().interrupt();
        }
    }

    /// @return false if nothing is to be written any more
    private boolean step() throws InterruptedException {
        Asked first;
        Map.Entry<ModelKey, QualityBaseline> learnt;
        Runnable then;
        lock.lock();
        try {
            while (asked.isEmpty() && unwritten.isEmpty() && besides == null && !closed) {
                something.await();
            }
            first = asked.poll();
            learnt = first != null || unwritten.isEmpty()
                    ? null
                    : Map.Entry.copyOf(unwritten.entrySet().iterator().next());
            then = first == null && learnt == null ? besides : null;
            besides = then == null ? besides : null;
        } finally {
            lock.unlock();
        }
        if (first != null) {
            write(first);
        } else if (learnt != null) {
            write(learnt.getKey(), learnt.getValue());
        } else if (then != null) {
            then.run();
        }
        return first != null || learnt != null || then != null;
    }

    private void write(Asked one) {
        try {
            write(one.baseline(), one.key());
            lock.lock();
            try {
                // What it learnt meanwhile counts less.
                unwritten.remove(one.key());
            } finally {
                lock.unlock();
            }
            one.then().run();
            one.done().complete(null);
        } catch (IOException | RuntimeException | Error e) {
            one.done().completeExceptionally(e);
        }
    }

    private void write(ModelKey key, QualityBaseline baseline) {
        try {
            write(baseline, key);
        } catch (IOException | RuntimeException | Error e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "how good " + key + " is cannot be kept; after a restart it is learnt again",
                    e);
        }
        lock.lock();
        try {
            // Not before: who looks for it meanwhile finds it here. What was remembered since then stays.
            boolean _ = unwritten.remove(key, baseline);
        } finally {
            lock.unlock();
        }
    }

    private void write(QualityBaseline baseline, ModelKey key) throws IOException {
        Path file = file(key);
        if (file != null) {
            Files.createDirectories(requireNonNull(file.getParent()));
            DurableFile.replace(file, baseline.json());
        }
    }

    /// Waits for the disk, unless it is not written yet.
    @Nullable
    QualityBaseline find(ModelKey key) {
        lock.lock();
        try {
            QualityBaseline remembered = unwritten.get(key);
            if (remembered != null) {
                return remembered;
            }
        } finally {
            lock.unlock();
        }
        Path file = file(key);
        if (file == null || !Files.exists(file)) {
            return null;
        }
        try {
            return QualityBaseline.read(Files.readString(file));
        } catch (IOException | IllegalArgumentException e) {
            LOG.log(System.Logger.Level.ERROR, "the quality in " + file + " cannot be read and is left out", e);
            return null;
        }
    }

    /// Waits until it is written, but not for ever.
    ///
    /// @param then done on another thread once it is; not if it cannot be kept
    /// @throws ServingException if too many wait for that
    /// @throws SlowDiskException if it is not kept yet
    /// @throws IOException if it cannot be
    void keep(ModelKey key, QualityBaseline baseline, Runnable then) throws IOException {
        Asked one = new Asked(key, baseline, then, new CompletableFuture<>());
        lock.lock();
        try {
            if (closed || asked.size() >= MOST_ASKED) {
                throw new ServingException(
                        ErrorCode.OVERLOADED,
                        "%d baselines of quality wait for the disk (expected: < %d)"
                                .formatted(asked.size(), MOST_ASKED));
            }
            asked.add(one);
            wake();
        } finally {
            lock.unlock();
        }
        try {
            one.done().get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            CompletableFuture<Void> _ = one.done().whenComplete((_, why) -> failedLate(key, why));
            throw new SlowDiskException(
                    "how good %s is is not written after %s; it counts once it is".formatted(key, patience));
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("nobody waits for %s any more".formatted(file(key)), e);
        }
    }

    /// Of what somebody was told that it is still to come.
    private static void failedLate(ModelKey key, @Nullable Throwable why) {
        if (why != null) {
            LOG.log(System.Logger.Level.WARNING, "how good " + key + " is could not be kept", why);
        }
    }

    private @Nullable Path file(ModelKey key) {
        Path all = folder;
        return all == null ? null : all.resolve(key.name()).resolve(key.version() + ".json");
    }

    /// Writes what is not written yet; leaves the thread to that if the disk takes too long.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            something.signal();
        } finally {
            lock.unlock();
        }
        try {
            // Of one that was never started there is nothing to wait for.
            if (thread.isAlive() && !thread.join(patience)) {
                LOG.log(System.Logger.Level.WARNING, "what was learnt is not written after {0}", patience);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
