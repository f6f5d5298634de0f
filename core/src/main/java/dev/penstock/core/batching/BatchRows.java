package dev.penstock.core.batching;

import dev.penstock.core.RunObserver;
import dev.penstock.core.RunRows;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Shows an observer what a batch's run read and computed, where it lies. Confined to the thread that runs;
/// made once.
final class BatchRows implements RunRows {
    private final RunObserver observer;
    private final int writer;
    private final BatchRunner runner;
    private final RowLayout layout;
    private final int inputs;

    // Of one call.
    private @Nullable BatchOutputs outputs;
    private int rows;

    private BatchRows(RunObserver observer, int writer, BatchRunner runner, RowLayout layout) {
        this.observer = observer;
        this.writer = writer;
        this.runner = runner;
        this.layout = layout;
        this.inputs = layout.inputs();
    }

    /// @return null if nobody wants to see any
    static @Nullable BatchRows of(RunObserver observer, int writer, BatchRunner runner, RowLayout layout) {
        return observer.equals(RunObserver.NOBODY) ? null : new BatchRows(observer, writer, runner, layout);
    }

    /// Shows the rows of a run, and releases its outputs once.
    void show(BatchOutputs ran, int rowCount) {
        outputs = ran;
        rows = rowCount;
        try {
            observer.ran(writer, this);
        } finally {
            outputs = null;
            ran.release();
        }
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public long rowBytes(int tensor) {
        return tensor < inputs ? layout.inputRowBytes(tensor) : layout.outputRowBytes(tensor - inputs);
    }

    @Override
    public long offset(int tensor) {
        return tensor < inputs ? runner.inputAddress(tensor) : outputs().address(tensor - inputs);
    }

    private BatchOutputs outputs() {
        BatchOutputs shown = outputs;
        if (shown == null) {
            throw new IllegalStateException("no run (expected: within a call)");
        }
        return shown;
    }

    @Override
    public MemorySegment memory(int tensor) {
        return Native.ALL;
    }
}
