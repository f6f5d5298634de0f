package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Runner;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.VersionHandle;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
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

    /// What the runs of lanes reject: given which runner it is and the first number.
    volatile BiPredicate<Integer, Float> rejects = (runner, first) -> false;

    /// How many rows the requests had that were run alone.
    final List<Long> aloneRows = Collections.synchronizedList(new ArrayList<>());

    private final long length;
    private volatile boolean closed;

    /// Rows of any length.
    ShapedModel() {
        this(-1);
    }

    /// Rows of that length alone.
    ShapedModel(long length) {
        this.length = length;
    }

    /// The values of one request of `rows` rows of that length.
    static Tensor tensor(int rows, int length, float first) {
        ByteBuffer data = ByteBuffer.allocate(rows * length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        IntStream.range(0, rows * length).forEach(i -> data.putFloat(first + i));
        return new Tensor("x", DataType.FP32, Shape.of(rows, length), data.flip());
    }

    /// Waits for the answer.
    static void assertDoubled(RecordedOutcome outcome, Tensor sent) throws InterruptedException, ExecutionException {
        Tensor y = outcome.reply.get().outputs().getFirst();
        assertThat(y.shape()).isEqualTo(sent.shape());
        for (int i = 0; i < sent.byteCount(); i += Float.BYTES) {
            assertThat(y.data().getFloat(i)).isEqualTo(2 * sent.data().getFloat(i));
        }
    }

    @Override
    public ModelKey key() {
        return new ModelKey("shaped", 1);
    }

    @Override
    public Signature signature() {
        return new Signature(
                List.of(TensorSpec.of("x", DataType.FP32, -1, length)),
                List.of(TensorSpec.of("y", DataType.FP32, -1, length)),
                0);
    }

    @Override
    public Runner runner(int index) {
        return (inputs, outputs) -> {
            forbiddenIf(closed);
            Tensor x = inputs.getFirst();
            aloneRows.add(x.shape().dim(0));
            ByteBuffer doubled = ByteBuffer.allocate(x.data().remaining()).order(ByteOrder.LITTLE_ENDIAN);
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
        private final long rowLength;
        private final int maxRows;
        private final boolean serves;
        private volatile boolean gone;

        Rows(long rowLength, int maxRows, boolean serves) {
            this.rowLength = rowLength;
            this.maxRows = maxRows;
            this.serves = serves;
            if (serves) {
                openShapes.add(rowLength);
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
            long rowBytes = rowLength * Float.BYTES;
            return RowLayout.of(new long[] {rowBytes}, new long[] {rowBytes});
        }

        @Override
        public Shape outputRowShape(int output) {
            return Shape.of(rowLength);
        }

        @Override
        public BatchRunner batchRunner(int index) {
            forbiddenIf(gone || closed);
            openRunners.incrementAndGet();
            runners.incrementAndGet();
            return new RowsRunner(this, index);
        }

        @Override
        public BatchModel withMaxRows(int otherMaxRows) {
            return new Rows(rowLength, otherMaxRows, true);
        }

        @Override
        public void close() {
            forbiddenIf(closed);
            if (!gone) {
                gone = true;
                openRunners.addAndGet(-runners.get());
                if (serves) {
                    openShapes.remove(rowLength);
                }
                // Reading or writing it from now on takes the test down.
                arena.close();
            }
        }
    }

    private final class RowsRunner implements BatchRunner, BatchOutputs {
        private final Rows model;
        private final int index;
        private final long x;
        private final long y;

        RowsRunner(Rows model, int index) {
            this.model = model;
            this.index = index;
            long bytes = model.rowLength * Float.BYTES * model.maxRows;
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
            if (rejects.test(index, Native.ALL.get(ValueLayout.JAVA_FLOAT_UNALIGNED, x))) {
                throw new ServingException(ErrorCode.MODEL_FAILED, "no such thing");
            }
            for (long i = 0; i < rows * model.rowLength; i++) {
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
            return model.rowLength * Float.BYTES;
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

    /// A lease that counts itself back.
    static final class Leased implements VersionHandle.Lease {
        private final LoadedModel served;
        private final AtomicInteger leases;

        Leased(LoadedModel served, AtomicInteger leases) {
            this.served = served;
            this.leases = leases;
        }

        @Override
        public LoadedModel model() {
            return served;
        }

        @Override
        public void close() {
            leases.decrementAndGet();
        }
    }
}
