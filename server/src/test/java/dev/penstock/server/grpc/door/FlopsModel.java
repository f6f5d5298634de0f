package dev.penstock.server.grpc.door;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.penstock.core.DataType;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.core.batching.Offer;
import dev.penstock.server.fast.FastCall;
import dev.penstock.server.fast.FastModel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A model in memory: FP32 `x` [N, columns] to FP32 `y` [N, 4] and INT64 `n` [N], where column j of y is the
/// sum of every fourth value from j on and n counts the columns.
final class FlopsModel implements FastModel {
    private static final int OUTPUTS = 4;

    final AtomicInteger unreleased = new AtomicInteger();
    final AtomicInteger offers = new AtomicInteger();

    /// Of the last call offered.
    volatile long timeoutNanos;

    volatile @Nullable FastCall offered;

    private final ModelKey key;
    private final int columns;
    private final Signature signature;
    private final Executor executor;
    private final BlockingQueue<Runnable> held;

    private FlopsModel(
            String name, long version, int columns, int maxRows, Executor executor, BlockingQueue<Runnable> held) {
        this.key = new ModelKey(name, version);
        this.columns = columns;
        this.executor = executor;
        this.held = held;
        this.signature = new Signature(
                List.of(TensorSpec.of("x", DataType.FP32, -1, columns)),
                List.of(TensorSpec.of("y", DataType.FP32, -1, OUTPUTS), TensorSpec.of("n", DataType.INT64, -1)),
                maxRows);
    }

    /// Answers on `executor`; `Runnable::run` answers before the offer returns.
    static FlopsModel of(String name, int columns, Executor executor) {
        return new FlopsModel(name, 1, columns, 64, executor, new LinkedBlockingQueue<>());
    }

    /// Takes calls and answers each when the test runs it from [#takeHeld].
    static FlopsModel holding(String name, int columns) {
        BlockingQueue<Runnable> held = new LinkedBlockingQueue<>();
        return new FlopsModel(name, 1, columns, 64, held::add, held);
    }

    /// The next held call, waiting for it.
    Runnable takeHeld() throws InterruptedException {
        Runnable next = held.poll(120, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no call came in 120 s");
        }
        return next;
    }

    /// Answers the calls that are held, if any.
    void runHeld() {
        for (Runnable next = held.poll(); next != null; next = held.poll()) {
            next.run();
        }
    }

    int heldCount() {
        return held.size();
    }

    @Override
    public ModelKey key() {
        return key;
    }

    @Override
    public Signature signature() {
        return signature;
    }

    @Override
    public Offer offer(FastCall call) {
        offers.incrementAndGet();
        timeoutNanos = call.timeoutNanos();
        offered = call;
        int rows = call.rows();
        Arena arena = Arena.ofShared();
        MemorySegment in = arena.allocate((long) rows * columns * Float.BYTES);
        boolean small = in.byteSize() < COPY_AT_ONCE_BYTES;
        if (small) {
            call.copyRows(0, 0, rows, in.address());
        }
        executor.execute(() -> {
            if (!small) {
                call.copyRows(0, 0, rows, in.address());
            }
            call.completed(run(arena, in, rows), 1);
        });
        return Offer.TAKEN;
    }

    // The answer begins at row 1 of the outputs, as if another request had row 0.
    private BatchOutputs run(Arena arena, MemorySegment in, int rows) {
        MemorySegment y = arena.allocate((rows + 1L) * OUTPUTS * Float.BYTES);
        MemorySegment n = arena.allocate((rows + 1L) * Long.BYTES);
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < columns; i++) {
                long at = ((row + 1L) * OUTPUTS + i % OUTPUTS) * Float.BYTES;
                float value = in.get(JAVA_FLOAT_UNALIGNED, ((long) row * columns + i) * Float.BYTES);
                y.set(JAVA_FLOAT_UNALIGNED, at, y.get(JAVA_FLOAT_UNALIGNED, at) + value);
            }
            n.set(JAVA_LONG, (row + 1L) * Long.BYTES, columns);
        }
        unreleased.incrementAndGet();
        return new Outputs(arena, y, n);
    }

    private final class Outputs implements BatchOutputs {
        private final Arena arena;
        private final MemorySegment y;
        private final MemorySegment n;

        Outputs(Arena arena, MemorySegment y, MemorySegment n) {
            this.arena = arena;
            this.y = y;
            this.n = n;
        }

        @Override
        public long address(int output) {
            return output == 0 ? y.address() : n.address();
        }

        @Override
        public long rowBytes(int output) {
            return output == 0 ? OUTPUTS * Float.BYTES : Long.BYTES;
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
            arena.close();
            unreleased.decrementAndGet();
        }
    }
}
