package dev.penstock.core.batching;

import dev.penstock.core.ErrorCode;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A request of some floats that counts its outcomes, and copies that come when it has one.
final class CountedCall implements RowsCall {
    final AtomicInteger outcomes = new AtomicInteger();
    final AtomicInteger lateCopies = new AtomicInteger();
    final float[] values;
    final boolean mayBeLate;
    volatile boolean abandoned;
    volatile float @Nullable [] answer;
    volatile @Nullable ErrorCode failure;

    private final long deadlineNanos;
    private final int caller;

    CountedCall(int caller, long deadlineNanos, float[] values) {
        this.caller = caller;
        this.deadlineNanos = deadlineNanos;
        this.values = values;
        this.mayBeLate = deadlineNanos != Lane.NO_DEADLINE;
    }

    @Override
    public int rows() {
        return values.length;
    }

    @Override
    public int caller() {
        return caller;
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
    public void copyRows(int input, int firstRow, int rowCount, long toAddress) {
        for (int i = 0; i < rowCount; i++) {
            Native.ALL.set(ValueLayout.JAVA_FLOAT_UNALIGNED, toAddress + (long) i * Float.BYTES, values[firstRow + i]);
        }
        lateCopies.addAndGet(outcomes.get());
    }

    @Override
    public void completed(BatchOutputs outputs, int firstRow) {
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = Native.ALL.get(
                    ValueLayout.JAVA_FLOAT_UNALIGNED, outputs.address(0) + (long) (firstRow + i) * Float.BYTES);
        }
        outputs.release();
        answer = result;
        outcomes.incrementAndGet();
    }

    @Override
    public void failed(ErrorCode code, String message) {
        failure = code;
        outcomes.incrementAndGet();
    }
}
