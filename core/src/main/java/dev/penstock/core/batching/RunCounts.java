package dev.penstock.core.batching;

import dev.penstock.core.LatencyHistogram;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/// What one thread counted of a version's batches, over all its lanes. Only that thread writes, so that
/// counting needs no locked instruction and no line of memory that others write; any thread reads.
final class RunCounts {
    private final Map<CloseReason, AtomicLong> closed = new EnumMap<>(CloseReason.class);
    private final AtomicLongArray sizes = new AtomicLongArray(LaneStats.SIZE_BOUNDS + 1);
    private final AtomicLong rows = new AtomicLong();
    private final AtomicLong inputNanos = new AtomicLong();
    private final LatencyHistogram waits = new LatencyHistogram();

    RunCounts() {
        for (CloseReason reason : CloseReason.values()) {
            closed.put(reason, new AtomicLong());
        }
    }

    /// A batch is about to run.
    void ran(CloseReason reason, int rowCount) {
        add(counter(reason), 1);
        int size = Math.min(LaneStats.SIZE_BOUNDS, Integer.SIZE - Integer.numberOfLeadingZeros(rowCount - 1));
        sizes.setRelease(size, sizes.getPlain(size) + 1);
        add(rows, rowCount);
    }

    /// It began to.
    ///
    /// @param sinceNanos when a thread was there for the first of its requests
    /// @param sealedNanos when it was taken out of the queue
    void began(int requests, long sinceNanos, long sealedNanos, long startedNanos) {
        waits.recordAlone(startedNanos - sinceNanos);
        add(inputNanos, requests * (startedNanos - sealedNanos));
    }

    private static void add(AtomicLong counter, long more) {
        counter.setRelease(counter.getPlain() + more);
    }

    private AtomicLong counter(CloseReason reason) {
        AtomicLong counter = closed.get(reason);
        if (counter == null) {
            throw new AssertionError(reason);
        }
        return counter;
    }

    long closed(CloseReason reason) {
        return counter(reason).getAcquire();
    }

    long sized(int index) {
        return sizes.getAcquire(index);
    }

    long rows() {
        return rows.getAcquire();
    }

    long inputNanos() {
        return inputNanos.getAcquire();
    }

    LatencyHistogram waits() {
        return waits;
    }
}
