package dev.penstock.core.batching;

import dev.penstock.core.DataType;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import java.util.List;

/// A model of rows of four bytes that answers at once and without outputs.
class StressModel implements BatchModel, BatchRunner, BatchOutputs {
    static final RowLayout LAYOUT = RowLayout.of(new long[] {Float.BYTES}, new long[0]);

    private static final int MAX_ROWS = 8;

    /// A batch of one worker.
    static Batch newBatch() {
        return new Batch(new StressModel(), LAYOUT, new LaneStats());
    }

    /// Takes what is published out of `ring` and answers it.
    static void consume(RowRing ring, Batch batch, long nowNanos) {
        ring.seal(batch, MAX_ROWS, nowNanos);
        answer(batch);
    }

    /// The same with what was taken out of callers' queues.
    static void consume(CallerQueues queues, Batch batch, long nowNanos) {
        queues.seal(batch, MAX_ROWS, nowNanos);
        answer(batch);
    }

    private static void answer(Batch batch) {
        batch.answerDropped();
        if (batch.size() > 0) {
            batch.run(new ServiceTime());
        }
        batch.clear();
    }

    @Override
    public ModelKey key() {
        return new ModelKey("stress", 1);
    }

    @Override
    public Signature signature() {
        return new Signature(List.of(TensorSpec.of("x", DataType.FP32, -1)), List.of(), 0);
    }

    @Override
    public RowLayout layout() {
        return LAYOUT;
    }

    @Override
    public Shape outputRowShape(int output) {
        throw new IndexOutOfBoundsException(output);
    }

    @Override
    public BatchRunner batchRunner(int index) {
        return this;
    }

    @Override
    public BatchModel withMaxRows(int maxRows) {
        return this;
    }

    @Override
    public int maxRows() {
        return MAX_ROWS;
    }

    @Override
    public long inputAddress(int input) {
        return 0;
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
        throw new IndexOutOfBoundsException(output);
    }

    @Override
    public long rowBytes(int output) {
        throw new IndexOutOfBoundsException(output);
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

    @Override
    public void close() {}
}
