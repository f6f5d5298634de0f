package dev.penstock.core.batching;

import dev.penstock.core.NanoClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/// What one event loop runs itself: the requests for tiny models that one turn of it brought, together, at the turn's
/// end. Two hops between threads cost more than such a run. Confined to its loop.
public final class InlineLoop {
    /// A loop that computes does not read: beyond this much of a turn, models are run by the workers.
    static final long MOST_TURN_NANOS = 200_000;

    private final int index;
    private final Executor eventLoop;
    private final NanoClock clock;
    private final Runnable endTurn = this::endTurn;

    private List<InlineBatch> open = new ArrayList<>();
    private List<InlineBatch> ending = new ArrayList<>();

    /// Whether the turn's end is in the loop's queue.
    private boolean scheduled;

    /// When the turn began or last ran something; only while `scheduled`.
    private long turnNanos;

    /// What this turn's runs have taken, and will take; only while `scheduled`.
    private long plannedNanos;

    /// @param index from 0, among the loops of all doors
    /// @param eventLoop runs a task after what it is doing now, on the loop's thread, or throws
    ///     [java.util.concurrent.RejectedExecutionException]; what it has accepted it runs, even when it
    ///     shuts down
    InlineLoop(int index, Executor eventLoop, NanoClock clock) {
        this.index = index;
        this.eventLoop = eventLoop;
        this.clock = clock;
    }

    int index() {
        return index;
    }

    /// About now: within a turn that runs something the clock is read once, not for every request.
    public long nanoTime() {
        return scheduled ? turnNanos : clock.nanoTime();
    }

    /// Not only about now.
    NanoClock clock() {
        return clock;
    }

    /// Whether a run of that length still fits into this turn.
    boolean fits(long nanos) {
        return !scheduled || plannedNanos + nanos <= MOST_TURN_NANOS;
    }

    /// Whether a turn whose runs took so much longer than planned may run on.
    boolean mayGoOn(long overNanos) {
        return plannedNanos + Math.max(0, overNanos) <= MOST_TURN_NANOS;
    }

    /// Has `batch` flushed at the end of this turn, unless that is so already.
    ///
    /// @param nanos how long its run will take
    /// @throws java.util.concurrent.RejectedExecutionException if the loop takes no more tasks
    void open(InlineBatch batch, long nanos) {
        if (!scheduled) {
            eventLoop.execute(endTurn);
            scheduled = true;
            turnNanos = clock.nanoTime();
            plannedNanos = 0;
        }
        plannedNanos += nanos;
        if (batch.list()) {
            open.add(batch);
        }
    }

    /// A batch ran.
    ///
    /// @param overNanos how much longer than planned
    void ran(long overNanos, long endedNanos) {
        plannedNanos += Math.max(0, overNanos);
        turnNanos = endedNanos;
    }

    // What the answers set off may belong to the next turn already.
    private void endTurn() {
        List<InlineBatch> now = open;
        open = ending;
        ending = now;
        scheduled = false;
        for (int i = 0; i < now.size(); i++) {
            now.get(i).flush();
        }
        now.clear();
    }
}
