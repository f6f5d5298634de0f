package dev.penstock.core.batching;

import dev.penstock.core.ErrorCode;
import java.util.concurrent.atomic.AtomicInteger;

/// A request that counts its outcomes, and copies nothing.
final class StressCall implements RowsCall {
    private final int rows;
    private final long deadlineNanos;
    private final AtomicInteger completions = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private volatile boolean abandoned;

    private StressCall(int rows, long deadlineNanos) {
        this.rows = rows;
        this.deadlineNanos = deadlineNanos;
    }

    static StressCall of(int rows) {
        return new StressCall(rows, Lane.NO_DEADLINE);
    }

    static StressCall until(long deadlineNanos) {
        return new StressCall(1, deadlineNanos);
    }

    void abandon() {
        abandoned = true;
    }

    int completions() {
        return completions.get();
    }

    int failures() {
        return failures.get();
    }

    int outcomes() {
        return completions() + failures();
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
        return abandoned;
    }

    @Override
    public void copyRows(int input, int firstRow, int rowCount, long toAddress) {}

    @Override
    public void completed(BatchOutputs outputs, int firstRow) {
        outputs.release();
        completions.incrementAndGet();
    }

    @Override
    public void failed(ErrorCode code, String message) {
        failures.incrementAndGet();
    }
}
