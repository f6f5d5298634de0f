package dev.penstock.core.batching;

import dev.penstock.core.ErrorCode;
import java.lang.foreign.Arena;

/// A request that lies ready in native memory and may be offered again and again.
final class BenchmarkCall implements RowsCall {
    private final int rows;
    private final long rowBytes;
    private final long address;
    private long deadlineNanos = Lane.NO_DEADLINE;

    /// Rows of 16 bytes.
    BenchmarkCall(int rows) {
        this(rows, 16);
    }

    BenchmarkCall(int rows, long rowBytes) {
        this.rows = rows;
        this.rowBytes = rowBytes;
        this.address = Arena.global().allocate(rows * rowBytes, 64).address();
    }

    BenchmarkCall until(long newDeadlineNanos) {
        deadlineNanos = newDeadlineNanos;
        return this;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public long deadlineNanos() {
        return deadlineNanos;
    }

    @Override
    public boolean abandoned() {
        return false;
    }

    @Override
    public void copyRows(int input, int firstRow, int rowCount, long toAddress) {
        Native.copy(address + firstRow * rowBytes, toAddress, rowCount * rowBytes);
    }

    @Override
    public void completed(BatchOutputs outputs, int firstRow) {
        outputs.release();
    }

    @Override
    public void failed(ErrorCode code, String message) {
        throw new IllegalStateException("%s: %s (expected: a run)".formatted(code, message));
    }
}
