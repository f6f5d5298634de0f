package dev.penstock.core.batching;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.Check;
import dev.penstock.core.NanoClock;
import dev.penstock.core.QueueLevels;
import dev.penstock.core.RunObserver;
import dev.penstock.core.ServingObserver;
import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The few threads that run all models, and one that answers what is late.
///
/// A worker without work parks; so does the ticker while nothing waits. Nothing spins.
public final class Workers implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Workers.class.getName());

    private final NanoClock clock;
    private final Thread[] threads;
    private final QueueTicker ticker;

    private final ReentrantLock lock = new ReentrantLock();

    /// What wants a worker. A queue is in it at most once, because only the holder of its latch puts it there.
    @GuardedBy("lock")
    private final ReadyQueue ready = new ReadyQueue();

    /// Workers that wait for work, the latest first: its cache is the warmest.
    @GuardedBy("lock")
    private final ArrayDeque<Thread> parked;

    /// Threads that runs of several may still take, so that together they are not more than there are workers.
    @GuardedBy("lock")
    private int spare;

    /// How many are parked; written under the lock.
    private volatile int idle;

    private volatile boolean closed;

    /// The threads are made and not started: whoever has these workers polls for them.
    Workers(int size, NanoClock clock) {
        Check.argument(size > 0, "workers: %d (expected: > 0)", size);
        this.clock = clock;
        this.threads = new Thread[size];
        // Room for all, so that it never has to grow.
        this.parked = new ArrayDeque<>(size);
        this.spare = size;
        for (int i = 0; i < size; i++) {
            int index = i;
            threads[i] = Thread.ofPlatform().name("model-worker-" + i).unstarted(Niceness.nicely(() -> work(index)));
        }
        this.ticker = new QueueTicker(clock);
    }

    /// Starts the threads. Worker `i` uses runner `i` of every model.
    public static Workers start(int size, NanoClock clock) {
        Workers workers = new Workers(size, clock);
        for (Thread thread : workers.threads) {
            thread.start();
        }
        workers.ticker.start();
        return workers;
    }

    /// A lane for a model's rows of one layout. It is the caller's to close, before the model.
    public Lane newLane(BatchModel model, LaneSettings settings, boolean copiesOnOffer) {
        return newLane(model, settings, copiesOnOffer, LaneShared.alone());
    }

    /// The same.
    ///
    /// @param shared with the other lanes of the model
    Lane newLane(BatchModel model, LaneSettings settings, boolean copiesOnOffer, LaneShared shared) {
        Lane lane = new Lane(model, settings, copiesOnOffer, this, shared);
        ticker.add(lane);
        shared.waiting().add(lane);
        return lane;
    }

    /// A queue of requests that run one by one. It is the caller's to close, before the model.
    SoloQueue newSoloQueue(QueueBounds bounds, QueueLevels levels, int threadsPerRun, ServingObserver observer) {
        return newSoloQueue(bounds, levels, threadsPerRun, observer, RunObserver.NOBODY);
    }

    /// The same.
    ///
    /// @param runs sees every run
    SoloQueue newSoloQueue(
            QueueBounds bounds, QueueLevels levels, int threadsPerRun, ServingObserver observer, RunObserver runs) {
        QueueBytes bytes = new QueueBytes(bounds.bytes());
        SoloQueue queue = new SoloQueue(bounds.soloRequests(), bytes, levels, threadsPerRun, this, observer, runs);
        ticker.add(queue);
        bytes.add(queue);
        return queue;
    }

    public int size() {
        return threads.length;
    }

    /// How many others would find room to run some of what `work`, which this worker runs, has waiting. A
    /// moment's view.
    int idleFor(Work work) {
        if (work.threadsPerRun() == 1) {
            return idle;
        }
        lock.lock();
        try {
            return Math.min(parked.size(), spare / taken(work));
        } finally {
            lock.unlock();
        }
    }

    boolean allBusy() {
        return idle == 0;
    }

    long nanoTime() {
        return clock.nanoTime();
    }

    void forget(Work work) {
        ticker.remove(work);
    }

    /// Has a worker do some of it. Allocates nothing: whatever else there is no memory for, what waits is run.
    void enqueue(Work work) {
        @Nullable Thread waiting;
        lock.lock();
        try {
            ready.add(work);
            waiting = parked.pollLast();
            idle = parked.size();
        } finally {
            lock.unlock();
        }
        if (waiting == null) {
            watch();
        } else {
            LockSupport.unpark(waiting);
        }
    }

    /// Has the ticker look at everything until nothing waits any more.
    void watch() {
        ticker.watch();
    }

    /// The same, and not later than then.
    void watchAt(long nanos) {
        ticker.watchAt(nanos);
    }

    /// How long the ticker need not look.
    long restNanos(long nowNanos) {
        return ticker.restNanos(nowNanos);
    }

    private void work(int index) {
        while (true) {
            @Nullable Work work = next();
            if (work == null) {
                return;
            }
            try {
                work.work(index);
            } catch (RuntimeException | Error e) {
                // A worker must outlive whatever one batch does to it.
                LOG.log(System.Logger.Level.ERROR, "a batch failed", e);
            } finally {
                giveBack(taken(work));
            }
        }
    }

    /// What a run of it takes of [#spare].
    private int taken(Work work) {
        return ReadyQueue.taken(work, threads.length);
    }

    private void giveBack(int taken) {
        if (taken == 0) {
            return;
        }
        lock.lock();
        try {
            spare += taken;
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private @Nullable Work take() {
        Work work = ready.poll(threads.length, spare);
        if (work != null) {
            spare -= taken(work);
        }
        return work;
    }

    /// Waits for work; null when the workers are closed and nothing is left.
    private @Nullable Work next() {
        Thread self = Thread.currentThread();
        while (true) {
            @Nullable Work work;
            @Nullable Thread other;
            boolean held;
            lock.lock();
            try {
                parked.remove(self);
                work = take();
                // A run that ended may have made room for several.
                other = ready.hasRoomForWide(threads.length, spare) ? parked.pollLast() : null;
                held = ready.hasWide();
                if (work == null && !closed) {
                    parked.add(self);
                }
                idle = parked.size();
            } finally {
                lock.unlock();
            }
            if (other != null) {
                LockSupport.unpark(other);
            }
            if (held) {
                // It waits beside idle workers, where who offers takes it for served.
                watch();
            }
            if (work != null || closed) {
                return work;
            }
            LockSupport.park(this);
        }
    }

    /// What wants a worker, if anything does; else `self` counts as parked until there is something.
    @Nullable
    Work poll(Thread self) {
        lock.lock();
        try {
            parked.remove(self);
            @Nullable Work work = ready.poll(threads.length, threads.length);
            if (work == null && !closed) {
                parked.add(self);
            }
            idle = parked.size();
            return work;
        } finally {
            lock.unlock();
        }
    }

    /// Ends the threads when the queue of lanes is empty. Close the lanes first: what waits in an open one is
    /// lost.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        // Until then it answers what is late, and after that it ends lanes whose models are closed only now.
        ticker.end();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
