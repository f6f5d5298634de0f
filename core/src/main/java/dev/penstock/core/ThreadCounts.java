package dev.penstock.core;

import java.util.concurrent.atomic.AtomicLong;

/// Counts of one thread, which then needs no locked instruction to write them, or of all that have none of
/// their own. Any thread reads. See [PerThread].
public abstract class ThreadCounts {
    /// Instead of the id of a thread.
    public static final long SHARED = -1;

    private final long owner;

    /// @param owner the id of the only thread that writes, or [#SHARED]. Ids are never given twice, so a
    ///     thread that has ended keeps its counts here and nobody writes them.
    protected ThreadCounts(long owner) {
        this.owner = owner;
    }

    final long owner() {
        return owner;
    }

    protected final void record(LatencyHistogram histogram, long nanos) {
        if (owner == SHARED) {
            histogram.record(nanos);
        } else {
            histogram.recordAlone(nanos);
        }
    }

    protected final void add(AtomicLong counter, long more) {
        if (owner == SHARED) {
            counter.addAndGet(more);
        } else {
            // One writer, so a plain read and an ordered write do.
            counter.setRelease(counter.getPlain() + more);
        }
    }
}
