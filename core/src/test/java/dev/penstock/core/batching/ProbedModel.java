package dev.penstock.core.batching;

import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// A model whose runs take `baseNanos + rows * rowNanos` on its own clock. It answers each row of one number with a
/// number, a step of its sign and, if asked to, a little of the sum of all rows of the run.
final class ProbedModel implements BatchModel {
    final List<Integer> runRows = new ArrayList<>();
    int openRunners;
    int unreleased;

    private final long baseNanos;
    private final long rowNanos;
    private double ofTheSum;
    private int failsFrom = Integer.MAX_VALUE;
    private long acceptedSum = Long.MAX_VALUE;
    private DataType inputType = DataType.FP32;
    private long rowBytes = Float.BYTES;
    private boolean answersNan;
    private boolean computesInCaller;
    private long nowNanos = Long.MAX_VALUE - 1000;

    ProbedModel(long baseNanos, long rowNanos) {
        this.baseNanos = baseNanos;
        this.rowNanos = rowNanos;
    }

    /// Each answer has this much of the sum of all rows in it.
    ProbedModel leaking(double share) {
        ofTheSum = share;
        return this;
    }

    ProbedModel failingFrom(int rows) {
        failsFrom = rows;
        return this;
    }

    ProbedModel answeringNan() {
        answersNan = true;
        return this;
    }

    ProbedModel withRowBytes(long bytes) {
        rowBytes = bytes;
        return this;
    }

    /// Takes integers, and fails if those of a run add up to more.
    ProbedModel accepting(long sum) {
        inputType = DataType.INT32;
        acceptedSum = sum;
        return this;
    }

    /// Says that its runs are the work of the thread that asks for them.
    ProbedModel computingInCaller() {
        computesInCaller = true;
        return this;
    }

    NanoClock clock() {
        return () -> nowNanos;
    }

    @Override
    public ModelKey key() {
        return new ModelKey("probed", 1);
    }

    @Override
    public Signature signature() {
        return new Signature(
                List.of(TensorSpec.of("x", inputType, -1, rowBytes / 4)),
                List.of(TensorSpec.of("y", DataType.FP32, -1), TensorSpec.of("sign", DataType.INT64, -1)),
                0);
    }

    @Override
    public RowLayout layout() {
        return RowLayout.of(new long[] {rowBytes}, new long[] {Float.BYTES, Long.BYTES});
    }

    @Override
    public boolean computesInCaller() {
        return computesInCaller;
    }

    @Override
    public Shape outputRowShape(int output) {
        return Shape.of();
    }

    @Override
    public BatchRunner batchRunner(int index) {
        throw new AssertionError("a probe has runners of its own");
    }

    @Override
    public BatchModel withMaxRows(int maxRows) {
        return new Sized(maxRows);
    }

    @Override
    public void close() {}

    private final class Sized implements BatchModel {
        private final Arena arena = Arena.ofConfined();
        private final int maxRows;

        Sized(int maxRows) {
            this.maxRows = maxRows;
        }

        @Override
        public ModelKey key() {
            return ProbedModel.this.key();
        }

        @Override
        public Signature signature() {
            return ProbedModel.this.signature();
        }

        @Override
        public RowLayout layout() {
            return ProbedModel.this.layout();
        }

        @Override
        public boolean computesInCaller() {
            return ProbedModel.this.computesInCaller();
        }

        @Override
        public Shape outputRowShape(int output) {
            return ProbedModel.this.outputRowShape(output);
        }

        @Override
        public BatchRunner batchRunner(int index) {
            openRunners++;
            return new Runner(
                    maxRows,
                    arena.allocate(rowBytes * maxRows),
                    arena.allocate(4L * maxRows),
                    arena.allocate(8L * maxRows));
        }

        @Override
        public BatchModel withMaxRows(int otherMaxRows) {
            return ProbedModel.this.withMaxRows(otherMaxRows);
        }

        @Override
        public void close() {
            arena.close();
            openRunners--;
        }
    }

    private final class Runner implements BatchRunner, BatchOutputs {
        private final int maxRows;
        private final MemorySegment x;
        private final MemorySegment y;
        private final MemorySegment sign;

        Runner(int maxRows, MemorySegment x, MemorySegment y, MemorySegment sign) {
            this.maxRows = maxRows;
            this.x = x;
            this.y = y;
            this.sign = sign;
        }

        @Override
        public int maxRows() {
            return maxRows;
        }

        @Override
        public long inputAddress(int input) {
            return x.address();
        }

        @Override
        public boolean hasFreeOutputs() {
            return unreleased == 0;
        }

        @Override
        public BatchOutputs run(int rows, int holders) {
            runRows.add(rows);
            nowNanos += baseNanos + rows * rowNanos;
            double sum = 0;
            for (int row = 0; row < rows; row++) {
                sum += value(row);
            }
            if (rows >= failsFrom || sum > acceptedSum) {
                throw new ServingException(ErrorCode.MODEL_FAILED, "no such place in the table");
            }
            for (int row = 0; row < rows; row++) {
                double answer = answersNan ? Double.NaN : value(row) + ofTheSum * sum;
                y.setAtIndex(ValueLayout.JAVA_FLOAT, row, (float) answer);
                sign.setAtIndex(ValueLayout.JAVA_LONG, row, (long) Math.signum(value(row)));
            }
            unreleased += holders;
            return this;
        }

        private double value(int row) {
            long at = row * rowBytes;
            return inputType == DataType.FP32 ? x.get(ValueLayout.JAVA_FLOAT, at) : x.get(ValueLayout.JAVA_INT, at);
        }

        @Override
        public long address(int output) {
            return output == 0 ? y.address() : sign.address();
        }

        @Override
        public long rowBytes(int output) {
            return output == 0 ? Float.BYTES : Long.BYTES;
        }

        @Override
        public long startedNanos() {
            return 0;
        }

        @Override
        public long endedNanos() {
            return 0;
        }

        @Override
        public void release() {
            unreleased--;
        }
    }
}
