package dev.penstock.core.batching;

import dev.penstock.core.DataType;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import java.util.List;

/// A model of [BenchmarkRunner]s.
final class BenchmarkModel implements BatchModel {
    private final int maxRows;
    private final long rowBytes;

    BenchmarkModel(int maxRows, long rowBytes) {
        this.maxRows = maxRows;
        this.rowBytes = rowBytes;
    }

    @Override
    public ModelKey key() {
        return new ModelKey("echo", 1);
    }

    @Override
    public Signature signature() {
        TensorSpec x = TensorSpec.of("x", DataType.UINT8, -1, rowBytes);
        return new Signature(List.of(x), List.of(x), 0);
    }

    @Override
    public RowLayout layout() {
        return RowLayout.of(new long[] {rowBytes}, new long[] {rowBytes});
    }

    @Override
    public Shape outputRowShape(int output) {
        return Shape.of(rowBytes);
    }

    @Override
    public BatchRunner batchRunner(int index) {
        return new BenchmarkRunner(maxRows, rowBytes);
    }

    @Override
    public BatchModel withMaxRows(int rows) {
        return new BenchmarkModel(rows, rowBytes);
    }

    @Override
    public void close() {}
}
