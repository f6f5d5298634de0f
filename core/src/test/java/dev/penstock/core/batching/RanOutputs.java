package dev.penstock.core.batching;

import java.util.concurrent.atomic.AtomicInteger;

/// What a run that never was has produced.
final class RanOutputs implements BatchOutputs {
    static final int ROWS = 5;

    final AtomicInteger released = new AtomicInteger();
    private final long address;
    private final long rowBytes;
    private final long startedNanos;
    private final long endedNanos;

    RanOutputs(long address, long rowBytes, long startedNanos, long endedNanos) {
        this.address = address;
        this.rowBytes = rowBytes;
        this.startedNanos = startedNanos;
        this.endedNanos = endedNanos;
    }

    @Override
    public long address(int output) {
        return address;
    }

    @Override
    public long rowBytes(int output) {
        return rowBytes;
    }

    @Override
    public int rows() {
        return ROWS;
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
    public void release() {
        released.incrementAndGet();
    }
}
