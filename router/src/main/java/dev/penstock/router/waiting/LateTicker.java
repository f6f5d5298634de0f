package dev.penstock.router.waiting;

import dev.penstock.core.NanoClock;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;

/// A thread that answers requests whose time is up while they wait for something other than their run. Parked while
/// none waits. Thread-safe.
public final class LateTicker implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LateTicker.class.getName());
    private static final long TICK_NANOS = 1_000_000;

    private final LongPredicate tick;
    private final NanoClock clock;
    private final Thread thread;
    private volatile boolean ticking;
    private volatile boolean closed;

    /// @param name of the thread
    /// @param tick gets the time, and says whether it wants to be called again soon
    public LateTicker(String name, LongPredicate tick, NanoClock clock) {
        this.tick = tick;
        this.clock = clock;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    /// Has it begin, if it has not. One call at a time.
    public void start() {
        if (thread.getState() == Thread.State.NEW) {
            thread.start();
        }
    }

    /// Has it tick until nobody waits any more.
    public void wake() {
        if (!ticking) {
            ticking = true;
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        while (!closed) {
            if (!ticking) {
                LockSupport.park(this);
                continue;
            }
            LockSupport.parkNanos(this, TICK_NANOS);
            // Before it looks: who begins to wait from here on is seen now or wakes it again.
            ticking = false;
            if (ticks()) {
                ticking = true;
            }
        }
    }

    private boolean ticks() {
        try {
            return tick.test(clock.nanoTime());
        } catch (RuntimeException | Error e) {
            // It must outlive whatever one request does to it.
            LOG.log(System.Logger.Level.ERROR, "answering late requests failed", e);
            return true;
        }
    }

    /// Ends the thread, soon.
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
