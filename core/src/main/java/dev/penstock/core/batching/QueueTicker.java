package dev.penstock.core.batching;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.NanoClock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/// Looks after what waits: answers what is late, lets go what was held long enough, and ends what is closed. Parked
/// while nothing waits. Thread-safe.
final class QueueTicker {
    static final long TICK_NANOS = 1_000_000;

    private static final System.Logger LOG = System.getLogger(QueueTicker.class.getName());

    private final NanoClock clock;
    private final Thread thread;
    private final List<Work> all = new CopyOnWriteArrayList<>();

    private final ReentrantLock lock = new ReentrantLock();

    /// When something wants to be looked at before a tick is over; only if `due`.
    @GuardedBy("lock")
    private long dueNanos;

    @GuardedBy("lock")
    private boolean due;

    private volatile boolean ticking;
    private volatile boolean ending;

    QueueTicker(NanoClock clock) {
        this.clock = clock;
        this.thread = Thread.ofPlatform().name("queue-ticker").daemon().unstarted(this::tick);
    }

    void start() {
        thread.start();
    }

    /// Ends the thread when all that was added is removed.
    void end() {
        ending = true;
        LockSupport.unpark(thread);
    }

    void add(Work work) {
        all.add(work);
    }

    void remove(Work work) {
        all.remove(work);
        if (ending) {
            LockSupport.unpark(thread);
        }
    }

    /// Looks at everything until nothing waits any more.
    void watch() {
        if (!ticking) {
            ticking = true;
            LockSupport.unpark(thread);
        }
    }

    /// The same, and not later than then.
    void watchAt(long nanos) {
        boolean sooner;
        lock.lock();
        try {
            sooner = !due || nanos - dueNanos < 0;
            dueNanos = sooner ? nanos : dueNanos;
            due = true;
        } finally {
            lock.unlock();
        }
        ticking = true;
        if (sooner && !Thread.currentThread().equals(thread)) {
            LockSupport.unpark(thread);
        }
    }

    /// How long nobody needs to be looked at.
    long restNanos(long nowNanos) {
        lock.lock();
        try {
            return due ? Math.clamp(dueNanos - nowNanos, 0, TICK_NANOS) : TICK_NANOS;
        } finally {
            lock.unlock();
        }
    }

    private void tick() {
        while (!ending || !all.isEmpty()) {
            if (!ticking) {
                LockSupport.park(this);
                continue;
            }
            long restNanos = restNanos(clock.nanoTime());
            if (restNanos > 0) {
                LockSupport.parkNanos(this, restNanos);
            }
            tickAll();
        }
    }

    private void tickAll() {
        lock.lock();
        try {
            due = false;
        } finally {
            lock.unlock();
        }
        ticking = false;
        long nowNanos = clock.nanoTime();
        boolean again = false;
        for (Work work : all) {
            again |= tick(work, nowNanos);
        }
        if (again) {
            ticking = true;
        }
    }

    private static boolean tick(Work work, long nowNanos) {
        try {
            return work.tick(nowNanos);
        } catch (RuntimeException | Error e) {
            // The only ticker there is must outlive whatever one of them does to it.
            LOG.log(System.Logger.Level.ERROR, "answering late requests failed", e);
            return true;
        }
    }
}
