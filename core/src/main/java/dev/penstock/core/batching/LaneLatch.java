package dev.penstock.core.batching;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;

/// Who has a lane run: of all that see its rows wait, exactly one hands it to the workers, and then one
/// worker at a time takes rows out, which is what holding the latch means.
final class LaneLatch {
    /// Nobody is told to look.
    private static final int IDLE = 0;
    /// In the workers' queue, or a worker is taking rows out.
    private static final int READY = 1;
    /// Rows wait for company until the ticker or a full batch makes it ready.
    private static final int HELD = 2;

    private final Work lane;
    private final LaneSettings settings;
    private final PriorityRings rings;
    private final Workers workers;
    private final AtomicInteger state = new AtomicInteger(IDLE);

    /// When a held lane must go; written before the latch says HELD.
    private volatile long heldUntilNanos;

    /// Since when a worker has let rows wait for company, or [Lane#NO_DEADLINE]. By the holder of the latch.
    private long heldSinceNanos = Lane.NO_DEADLINE;

    LaneLatch(Work lane, LaneSettings settings, PriorityRings rings, Workers workers) {
        this.lane = lane;
        this.settings = settings;
        this.rings = rings;
        this.workers = workers;
    }

    /// Rows were put. Any thread.
    void offered() {
        // All rows of a request are published before this reads the latch, and a worker that lets go of the
        // latch looks after it for what is published where the consumer stands: one of the two sees the other.
        // Where a producer ahead in the ring has claimed and not yet published, that worker finds nothing and
        // goes; the producer comes by here when it has published, and has everything behind it taken out too.
        VarHandle.fullFence();
        int seen = state.get();
        boolean idle = seen == IDLE;
        boolean enoughHeld = seen == HELD && rings.queuedRows() >= settings.maxRows();
        if ((idle || enoughHeld) && state.compareAndSet(seen, READY)) {
            workers.enqueue(lane);
        } else if (workers.allBusy()) {
            workers.watch();
        }
    }

    /// Lets the rows wait for company if they may. By the holder of the latch, who then holds it no more.
    ///
    /// @return whether they go on waiting
    boolean hold(long nowNanos) {
        if (settings.maxDelayNanos() == 0) {
            return false;
        }
        int queued = rings.queuedRows();
        long oldestNanos = rings.oldestArrival(nowNanos);
        if (!rings.hasWaiting() || queued >= settings.maxRows() || nowNanos - oldestNanos >= settings.maxDelayNanos()) {
            return false;
        }
        heldSinceNanos = heldSinceNanos == Lane.NO_DEADLINE ? nowNanos : heldSinceNanos;
        heldUntilNanos = oldestNanos + settings.maxDelayNanos();
        state.set(HELD);
        VarHandle.fullFence();
        if (rings.queuedRows() >= settings.maxRows() && state.compareAndSet(HELD, READY)) {
            return false;
        }
        workers.watchAt(heldUntilNanos);
        return true;
    }

    /// Since when a worker has been there for the rows that are taken out now. By the holder of the latch,
    /// once.
    long attendedSince(long nowNanos) {
        long since = heldSinceNanos == Lane.NO_DEADLINE ? nowNanos : heldSinceNanos;
        heldSinceNanos = Lane.NO_DEADLINE;
        return since;
    }

    /// Lets another worker take what is left, or nobody if nothing is. By the holder of the latch.
    ///
    /// Only what is published where the consumer stands counts: a worker sent for what is merely claimed would
    /// find nothing, and send the next one.
    void passOn() {
        if (rings.hasWaiting()) {
            workers.enqueue(lane);
            return;
        }
        state.set(IDLE);
        VarHandle.fullFence();
        if (rings.hasWaiting() && state.compareAndSet(IDLE, READY)) {
            workers.enqueue(lane);
        }
    }

    /// Wakes a held lane whose time has come. Ticker only.
    ///
    /// @param closed whether nothing may wait for company any more
    void tick(boolean closed, long nowNanos) {
        if (state.get() != HELD) {
            return;
        }
        long untilNanos = heldUntilNanos;
        if (!closed && untilNanos - nowNanos > 0) {
            workers.watchAt(untilNanos);
        } else if (state.compareAndSet(HELD, READY)) {
            workers.enqueue(lane);
        }
    }

    boolean isIdle() {
        return state.get() == IDLE;
    }
}
