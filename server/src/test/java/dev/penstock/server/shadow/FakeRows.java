package dev.penstock.server.shadow;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.core.batching.BatchRunner;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/// Runs rows of two floats to their sum, all at once; fails if the first of any row is below 0.
final class FakeRows implements BatchRunner {
    static final int MAX_ROWS = 8;

    final List<Integer> ran = new CopyOnWriteArrayList<>();
    final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch mayRun;
    private final MemorySegment inputs;
    private final MemorySegment outputs;

    /// @param mayRun what it waits for before each run
    FakeRows(Arena arena, CountDownLatch mayRun) {
        this.mayRun = mayRun;
        this.inputs = arena.allocate(MAX_ROWS * 2L * Float.BYTES);
        this.outputs = arena.allocate(MAX_ROWS * (long) Float.BYTES);
    }

    @Override
    public int maxRows() {
        return MAX_ROWS;
    }

    @Override
    public long inputAddress(int input) {
        return inputs.address();
    }

    @Override
    public boolean hasFreeOutputs() {
        return true;
    }

    @Override
    public BatchOutputs run(int rows, int holders) {
        running.countDown();
        try {
            mayRun.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        ran.add(rows);
        for (int i = 0; i < rows; i++) {
            float first = inputs.getAtIndex(ValueLayout.JAVA_FLOAT, 2L * i);
            if (first < 0) {
                throw new ServingException(ErrorCode.MODEL_FAILED, "on purpose");
            }
            outputs.setAtIndex(
                    ValueLayout.JAVA_FLOAT, i, first + inputs.getAtIndex(ValueLayout.JAVA_FLOAT, 2L * i + 1));
        }
        return new RowsCalled.FloatOutputs(outputs, rows);
    }
}
