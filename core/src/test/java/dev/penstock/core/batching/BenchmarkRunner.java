package dev.penstock.core.batching;

import java.lang.foreign.Arena;

/// Runs nothing: answers at once with the rows that were gathered.
final class BenchmarkRunner implements BatchRunner, BatchOutputs {
    private final int maxRows;
    private final long rowBytes;
    private final long address;

    BenchmarkRunner(int maxRows, long rowBytes) {
        this.maxRows = maxRows;
        this.rowBytes = rowBytes;
        this.address = Arena.global().allocate(maxRows * rowBytes, 64).address();
    }

    @Override
    public int maxRows() {
        return maxRows;
    }

    @Override
    public long inputAddress(int input) {
        return address;
    }

    @Override
    public boolean hasFreeOutputs() {
        return true;
    }

    @Override
    public BatchOutputs run(int rows, int holders) {
        return this;
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
    public long startedNanos() {
        return 0;
    }

    @Override
    public long endedNanos() {
        return 1;
    }

    @Override
    public void release() {}
}
