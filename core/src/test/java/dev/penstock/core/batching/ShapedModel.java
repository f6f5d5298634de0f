package dev.penstock.core.batching;

import dev.penstock.core.DataType;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Runner;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/// Doubles rows of any number of FP32. Counts what it must not be asked for, and what nobody gave back.
final class ShapedModel implements BatchableModel {
    /// Runners whose memory is not given back.
    final AtomicInteger openRunners = new AtomicInteger();

    /// Runs of closed lanes, and anything after this was closed: there must be none.
    final AtomicInteger forbidden = new AtomicInteger();

    /// How many lanes were tried out, by the length of their rows, more than once perhaps.
    final AtomicInteger trials = new AtomicInteger();

    /// Lengths of rows whose lanes are open.
    final Set<Long> openShapes = ConcurrentHashMap.newKeySet();

    /// Done when a shape is tried out.
    volatile Runnable whenTried = () -> {};

    /// Done by every run in a lane, but for trial runs.
    volatile Runnable whenRun = () -> {};

    private volatile boolean closed;

    /// The values of one request of `rows` rows of that length.
    static Tensor tensor(int rows, int length, float first) {
        ByteBuffer data = ByteBuffer.allocate(rows * length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        IntStream.range(0, rows * length).forEach(i -> data.putFloat(first + i));
        return new Tensor("x", DataType.FP32, Shape.of(rows, length), data.flip());
    }

    @Override
    public ModelKey key() {
        return new ModelKey("shaped", 1);
    }

    @Override
    public Signature signature() {
        return new Signature(
                List.of(TensorSpec.of("x", DataType.FP32, -1, -1)),
                List.of(TensorSpec.of("y", DataType.FP32, -1, -1)),
                0);
    }

    @Override
    public Runner runner(int index) {
        return (inputs, outputs) -> {
            forbiddenIf(closed);
            Tensor x = inputs.getFirst();
            ByteBuffer doubled =
                    ByteBuffer.allocate(x.data().remaining()).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < doubled.capacity(); i += Float.BYTES) {
                doubled.putFloat(i, 2 * x.data().getFloat(i));
            }
            return List.of(new Tensor("y", DataType.FP32, x.shape(), doubled));
        };
    }

    private void forbiddenIf(boolean wrong) {
        if (wrong) {
            forbidden.incrementAndGet();
        }
    }

    @Override
    public Batchability batchModel(ShapeGroup group, int maxRows) {
        forbiddenIf(closed);
        trials.incrementAndGet();
        whenTried.run();
        return new Batchability.Batchable(
                new Rows(group.inputRowShapes().getFirst().dim(0), maxRows, false));
    }

    @Override
    public void close() {
        closed = true;
    }

    private final class Rows implements BatchModel {
        private final Arena arena = Arena.ofShared();
        private final AtomicInteger runners = new AtomicInteger();
        private final long length;
        private final int maxRows;
        private final boolean serves;
        private volatile boolean gone;

        Rows(long length, int maxRows, boolean serves) {
            this.length = length;
            this.maxRows = maxRows;
            this.serves = serves;
            if (serves) {
                openShapes.add(length);
            }
        }

        @Override
        public ModelKey key() {
            return ShapedModel.this.key();
        }

        @Override
        public Signature signature() {
            return ShapedModel.this.signature();
        }

        @Override
        public RowLayout layout() {
            long rowBytes = length * Float.BYTES;
            return RowLayout.of(new long[] {rowBytes}, new long[] {rowBytes});
        }

        @Override
        public Shape outputRowShape(int output) {
            return Shape.of(length);
        }

        @Override
        public BatchRunner batchRunner(int index) {
            forbiddenIf(gone || closed);
            openRunners.incrementAndGet();
            runners.incrementAndGet();
            return new RowsRunner(this);
        }

        @Override
        public BatchModel withMaxRows(int otherMaxRows) {
            return new Rows(length, otherMaxRows, true);
        }

        @Override
        public void close() {
            forbiddenIf(closed);
            if (!gone) {
                gone = true;
                openRunners.addAndGet(-runners.get());
                if (serves) {
                    openShapes.remove(length);
                }
                // Reading or writing it from now on takes the test down.
                arena.close();
            }
        }
    }

    private final class RowsRunner implements BatchRunner, BatchOutputs {
        private final Rows model;
        private final long x;
        private final long y;

        RowsRunner(Rows model) {
            this.model = model;
            long bytes = model.length * Float.BYTES * model.maxRows;
            this.x = model.arena.allocate(bytes, 64).address();
            this.y = model.arena.allocate(bytes, 64).address();
        }

        @Override
        public int maxRows() {
            return model.maxRows;
        }

        @Override
        public long inputAddress(int input) {
            return x;
        }

        @Override
        public boolean hasFreeOutputs() {
            return true;
        }

        @Override
        public BatchOutputs run(int rows, int holders) {
            if (Thread.currentThread().getName().startsWith("model-worker")) {
                whenRun.run();
            }
            forbiddenIf(model.gone || closed);
            for (long i = 0; i < rows * model.length; i++) {
                float value = Native.ALL.get(ValueLayout.JAVA_FLOAT_UNALIGNED, x + i * Float.BYTES);
                Native.ALL.set(ValueLayout.JAVA_FLOAT_UNALIGNED, y + i * Float.BYTES, 2 * value);
            }
            return this;
        }

        @Override
        public long address(int output) {
            return y;
        }

        @Override
        public long rowBytes(int output) {
            return model.length * Float.BYTES;
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
}
