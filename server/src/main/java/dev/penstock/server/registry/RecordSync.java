package dev.penstock.server.registry;

import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingException;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Reads the record at the start and whenever it changed, moves aliases at once, and has what serves follow;
/// while the record cannot be read, it tries again. Owns one thread, `model-record`, which waits for nothing
/// but the record, and those that bring models to what is recorded of them.
final class RecordSync implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RecordSync.class.getName());
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

    /// Models load one after the other, but may be judged at the same time.
    private static final int FOLLOWERS = 4;

    private static final int FETCHERS = 4;

    private final RecordKeeper keeper;
    private final KnownRecords known;
    private final RecordFollower follower;
    private final FileDelivery delivery;
    private final RegisteredServing serving;
    private final Duration retry;
    private final ModelWork following;
    private final ModelWork fetching;
    private final Semaphore news = new Semaphore(0);
    private final RecordNews recorded;
    private final Thread thread;

    /// What was recorded at the start and was not tried to be served yet.
    private final Set<String> untried = ConcurrentHashMap.newKeySet();

    private volatile Runnable onRead = () -> {};
    private volatile boolean closed;
    private volatile boolean readBefore;

    /// Of the thread only.
    private boolean saidUnreadable;

    /// What was learned and is not followed yet. Of the thread only.
    private final Set<String> learned = new TreeSet<>();

    /// @param retry how long to wait before what failed is tried again the first time
    RecordSync(
            RecordKeeper keeper,
            KnownRecords known,
            RecordFollower follower,
            FileDelivery delivery,
            RegisteredServing serving,
            Duration retry,
            Replica replica) {
        this.keeper = keeper;
        this.known = known;
        this.follower = follower;
        this.delivery = delivery;
        this.serving = serving;
        this.retry = retry;
        this.recorded = new RecordNews(known, replica.lastRead(), news::release);
        NanoClock clock = replica.clock();
        RetryDelays delays = RetryDelays.from(retry);
        this.following = new ModelWork("model-follower", FOLLOWERS, delays, clock, this::follow);
        this.fetching = new ModelWork("model-fetcher", FETCHERS, delays, clock, this::fetch);
        this.thread = Thread.ofPlatform().name("model-record").unstarted(this::run);
    }

    /// @param listener run by the thread after the record was read
    void onRead(Runnable listener) {
        onRead = listener;
    }

    void start() {
        following.start();
        fetching.start();
        thread.start();
    }

    /// Has a model looked at, soon.
    void wake(String model) {
        bring(model);
        news.release();
    }

    private void run() {
        while (!closed) {
            boolean read = guardedRound();
            if (!readBefore || untried.isEmpty()) {
                serving.tried(readBefore);
            }
            if (!closed) {
                pause(read);
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
            if (e.reason() == StoreException.Reason.UNAVAILABLE && !readBefore) {
                guardedRecall();
            }
        } catch (ServingException e) {
            LOG.log(System.Logger.Level.DEBUG, "the record was not read, the server stops: {0}", e.reason());
            return true;
        } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
            LOG.log(System.Logger.Level.ERROR, "reading the record of models failed", e);
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
        ModelStore store = keeper.open(news::release);
        Set<String> changed = recorded.read(store::recorded);
        onRead.run();
        followAll(changed);
        recorded.keep();
    }

    private void guardedRecall() {
        try {
            recorded.recall().ifPresent(this::followAll);
        } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
            LOG.log(System.Logger.Level.ERROR, "serving what was read of the record last failed", e);
        }
    }

    /// What fails on the way is followed with what is learned next.
    private void followAll(Set<String> changed) {
        learned.addAll(changed);
        follow(Set.copyOf(learned));
        learned.clear();
    }

    private void follow(Set<String> changed) {
        changed.forEach(follower::alias);
        boolean first = !readBefore;
        if (first) {
            await(known.all());
            untried.addAll(changed);
            readBefore = true;
        }
        changed.forEach(this::bring);
        if (first && changed.isEmpty()) {
            sweep();
        }
    }

    private void bring(String model) {
        fetching.hurry(model);
        following.want(model);
    }

    private void await(List<ModelRecord> records) {
        Set<String> wanted = new TreeSet<>();
        for (ModelRecord record : records) {
            if (wants(record)) {
                wanted.add(record.name());
            }
        }
        serving.await(wanted);
    }

    private void sweep() {
        delivery.sweep();
        delivery.sweepShared();
    }

    private static boolean wants(ModelRecord record) {
        try {
            // Also of what routes keep, if there is anything.
            return !WantedVersions.of(record, Collections.emptySortedSet()).isEmpty();
        } catch (IllegalArgumentException e) {
            // A policy of another release, say: it is told when it is followed.
            return true;
        }
    }

    private ModelWork.Outcome follow(String model) {
        try {
            boolean done = follows(model);
            if (follower.lacks(model)) {
                // Whoever fetches it has it followed then.
                fetching.add(model);
                return new ModelWork.Done();
            }
            long leavesNanos = follower.leavesNanos(model);
            return leavesNanos > 0
                    ? new ModelWork.Later(leavesNanos)
                    : done ? new ModelWork.Done() : new ModelWork.Failed();
        } finally {
            if (untried.remove(model) && untried.isEmpty()) {
                serving.tried(true);
                // What is loaded is held, so that nothing goes that is needed.
                sweep();
            }
        }
    }

    private boolean follows(String model) {
        try {
            return follower.follow(model, false).isEmpty();
        } catch (ServingException e) {
            LOG.log(System.Logger.Level.DEBUG, "model {0} is not as it is recorded yet: {1}", model, e.reason());
            return false;
        }
    }

    private ModelWork.Outcome fetch(String model) {
        follower.deliver(model);
        boolean lacks = follower.lacks(model);
        following.want(model);
        return lacks ? new ModelWork.Failed() : new ModelWork.Done();
    }

    /// All are told before one is waited for, so that the patience is that of all of them together.
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        List<Thread> ending = new ArrayList<>(List.of(thread));
        ending.addAll(fetching.end());
        ending.addAll(following.end());
        long begunNanos = NanoClock.SYSTEM.nanoTime();
        try {
            for (Thread one : ending) {
                long waitedNanos = NanoClock.SYSTEM.nanoTime() - begunNanos;
                if (!one.join(CLOSE_PATIENCE.minusNanos(waitedNanos))) {
                    LOG.log(System.Logger.Level.WARNING, "{0} did not end in {1}", one.getName(), CLOSE_PATIENCE);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
