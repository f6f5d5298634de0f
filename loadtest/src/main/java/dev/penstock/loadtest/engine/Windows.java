package dev.penstock.loadtest.engine;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// Cuts the measured time of one loop into windows and hands each over when it is finished: one exchange of a
/// pointer per window, so that counting needs no lock. Confined to the loop, but for [#giveBack].
final class Windows {
    /// The last one is as long as what is left then, so that a run of days does not fill the memory.
    static final int MAX = 36_000;

    private static final int SPARE = 2;

    private final RunGate gate;
    private final long lengthNanos;
    private final BlockingQueue<WindowTally> spare = new ArrayBlockingQueue<>(SPARE);
    private final int part;
    private WindowTally current;
    private long fromNanos;
    private long toNanos;

    /// When the measured time ends.
    private long limitNanos;

    private boolean open;

    /// @param part a place in the list of loops
    Windows(RunGate gate, long lengthNanos, int part) {
        this.gate = gate;
        this.lengthNanos = lengthNanos;
        this.part = part;
        this.current = new WindowTally(part);
        // The loop should find one when it needs it.
        spare.add(new WindowTally(part));
    }

    /// Where to count what happens now.
    WindowTally current() {
        return current;
    }

    /// The measured time begins.
    ///
    /// @param untilNanos when it ends
    void begin(long nowNanos, long untilNanos) {
        open = true;
        fromNanos = nowNanos;
        toNanos = nowNanos + lengthNanos;
        endBy(untilNanos);
    }

    /// The measured time ends then.
    void endBy(long untilNanos) {
        limitNanos = untilNanos;
        toNanos += Math.min(0, limitNanos - toNanos);
    }

    /// Whether a window has to be finished, by [#next].
    boolean isOver(long nowNanos) {
        return open && nowNanos - toNanos >= 0;
    }

    /// When the window at hand ends.
    long toNanos() {
        return toNanos;
    }

    /// Finishes the window at hand and begins with the next one, which may be over, too. What is counted
    /// after the measured time belongs to none.
    ///
    /// @throws LoadException if nobody takes the finished ones
    void next() {
        int index = current.index + 1;
        if (toNanos - fromNanos > 0) {
            handOver();
        }
        current.index = index;
        open = toNanos - limitNanos < 0;
        fromNanos = toNanos;
        toNanos = index + 1 < MAX ? fromNanos + lengthNanos : limitNanos;
        endBy(limitNanos);
    }

    /// The loop has ended.
    void finish(long nowNanos) {
        if (open) {
            endBy(nowNanos);
            next();
        }
        current.last = true;
        gate.handOver(current);
    }

    private void handOver() {
        current.nanos = toNanos - fromNanos;
        gate.handOver(current);
        WindowTally next = spare.poll();
        current = next == null ? new WindowTally(part) : next;
    }

    /// Any thread may bring back what was handed over.
    void giveBack(WindowTally tally) {
        tally.reset();
        // What is too many is garbage.
        boolean _ = spare.offer(tally);
    }
}
