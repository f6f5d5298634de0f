package dev.penstock.server.registry;

import dev.penstock.core.ServingException;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.StoreException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Reads the record at the start and whenever it changed, and has what serves follow it; while the record
/// cannot be read, or something cannot be loaded, it tries again. Owns one thread, `model-record`.
final class RecordSync implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RecordSync.class.getName());
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(10);

    private final RecordKeeper keeper;
    private final KnownRecords known;
    private final RecordFollower follower;
    private final FileDelivery delivery;
    private final RegisteredServing serving;
    private final Duration retry;
    private final Semaphore news = new Semaphore(0);
    private final Thread thread;

    /// Models that may not be as they should.
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    /// Of the thread only.
    private boolean readBefore;

    private boolean saidUnreadable;

    /// @param retry how long to wait before what failed is tried again
    RecordSync(
            RecordKeeper keeper,
            KnownRecords known,
            RecordFollower follower,
            FileDelivery delivery,
            RegisteredServing serving,
            Duration retry) {
        this.keeper = keeper;
        this.known = known;
        this.follower = follower;
        this.delivery = delivery;
        this.serving = serving;
        this.retry = retry;
        this.thread = Thread.ofPlatform().name("model-record").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Has the record read, soon.
    void wake() {
        news.release();
    }

    /// Has a model looked at, soon.
    void wake(String model) {
        waiting.add(model);
        news.release();
    }

    private void run() {
        while (!closed) {
            boolean read = guardedRound();
            serving.tried(read);
            if (!closed) {
                pause(read && waiting.isEmpty());
            }
        }
    }

    private void pause(boolean allIsWell) {
        try {
            if (allIsWell) {
                news.acquire();
            } else if (!news.tryAcquire(retry.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
            news.drainPermits();
        } catch (InterruptedException e) {
            // Only close() does that, and has said so.
        }
    }

    /// @return whether the record could be read
    private boolean guardedRound() {
        try {
            round();
            if (saidUnreadable) {
                LOG.log(System.Logger.Level.INFO, "the record of models can be read again");
            }
            saidUnreadable = false;
            return true;
        } catch (StoreException e) {
            unreadable(String.valueOf(e.getMessage()));
        } catch (ServingException e) {
            // The server stops, or the loader thread has too much to do: later.
            LOG.log(System.Logger.Level.DEBUG, "the record was not followed: {0}", e.reason());
            return readBefore;
        } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
            LOG.log(System.Logger.Level.ERROR, "following the record of models failed", e);
        }
        return false;
    }

    private void unreadable(String why) {
        if (!saidUnreadable && !closed) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the record of models cannot be read, what serves goes on, and it is tried again: {0}",
                    why);
        }
        saidUnreadable = true;
    }

    private void round() {
        ModelStore store = keeper.open(this::wake);
        Map<String, Long> before = new HashMap<>();
        known.all().forEach(record -> before.put(record.name(), record.revision()));
        List<ModelRecord> records = store.models();
        for (ModelRecord record : records) {
            before.remove(record.name());
            if (known.learn(record)) {
                waiting.add(record.name());
                follower.alias(record);
            }
        }
        before.forEach((model, revision) -> {
            if (known.learnDeleted(model, revision)) {
                follower.unalias(model, revision);
                waiting.add(model);
            }
        });
        if (!readBefore) {
            awaitAll(records);
        }
        boolean first = !readBefore;
        readBefore = true;
        List.copyOf(new TreeSet<>(waiting)).forEach(this::follow);
        if (first) {
            delivery.sweep();
            delivery.sweepShared();
        }
    }

    private void awaitAll(List<ModelRecord> records) {
        Set<String> wanted = new TreeSet<>();
        for (ModelRecord record : records) {
            if (wants(record)) {
                wanted.add(record.name());
            }
        }
        serving.await(wanted);
    }

    private static boolean wants(ModelRecord record) {
        try {
            return !WantedVersions.of(record).isEmpty();
        } catch (IllegalArgumentException e) {
            // A policy of another release, say: it is told when it is followed.
            return true;
        }
    }

    private void follow(String model) {
        // First, so that who wakes it meanwhile does so for the next round.
        waiting.remove(model);
        if (!follows(model)) {
            waiting.add(model);
        }
    }

    private boolean follows(String model) {
        try {
            return follower.follow(model, false).isEmpty();
        } catch (ServingException e) {
            LOG.log(System.Logger.Level.DEBUG, "model {0} is not as it is recorded yet: {1}", model, e.reason());
        } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
            LOG.log(System.Logger.Level.ERROR, "model " + model + " cannot be served as it is recorded", e);
        }
        return false;
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            if (!thread.join(CLOSE_PATIENCE)) {
                LOG.log(System.Logger.Level.WARNING, "reading the record of models did not end in {0}", CLOSE_PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
