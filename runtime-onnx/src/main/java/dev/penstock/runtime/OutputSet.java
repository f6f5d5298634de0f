package dev.penstock.runtime;

import dev.penstock.core.batching.BatchOutputs;
import java.util.concurrent.atomic.AtomicInteger;

/// One of a runner's places for outputs. The runner's thread fills it while nobody holds it; then any thread
/// reads and releases.
final class OutputSet implements BatchOutputs, AutoCloseable {
    private final PinnedRunner runner;
    private final PinnedRows rows;
    private final AtomicInteger holders = new AtomicInteger();

    // Written by the runner's thread before there are holders.
    private int ranRows;

    private long startedNanos;
    private long endedNanos;
    private long attendedNanos;

    OutputSet(PinnedRunner runner, PinnedRows rows) {
        this.runner = runner;
        this.rows = rows;
    }

    PinnedRows places() {
        return rows;
    }

    boolean isFree() {
        return holders.get() == 0;
    }

    void hold(int count, int runRows, long runStartedNanos, long runEndedNanos) {
        ranRows = runRows;
        startedNanos = runStartedNanos;
        endedNanos = runEndedNanos;
        attendedNanos = runStartedNanos;
        holders.set(count);
    }

    @Override
    public long address(int output) {
        return rows.address(output);
    }

    @Override
    public long rowBytes(int output) {
        return rows.rowBytes(output);
    }

    @Override
    public int rows() {
        return ranRows;
    }

    @Override
    public long startedNanos() {
        return startedNanos;
    }

    @Override
    public long endedNanos() {
        return endedNanos;
    }

    @Override
    public long attendedNanos() {
        return attendedNanos;
    }

    @Override
    public void attended(long sinceNanos) {
        attendedNanos = sinceNanos;
    }

    /// @throws IllegalStateException if it was released more often than it was to be
    @Override
    public void release() {
        int left = holders.decrementAndGet();
        if (left < 0) {
            throw new IllegalStateException("outputs were released once too often");
        }
        if (left == 0) {
            runner.outputsReleased();
        }
    }

    @Override
    public void close() {
        rows.close();
    }
}
