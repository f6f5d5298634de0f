package dev.penstock.core.batching;

import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/// Doubles one FP32 per row. A test may hold its runs back, and a row of NaN makes a run fail.
final class FakeBatchModel implements BatchModel {
    static final int ROW_BYTES = Float.BYTES;

    final List<Integer> runRows = Collections.synchronizedList(new ArrayList<>());
    final AtomicInteger unreleased = new AtomicInteger();

    /// Runs that have begun.
    final Semaphore begun = new Semaphore(0);

    /// Runs that may end.
    final Semaphore mayEnd = new Semaphore(0);

    /// Runs while closed, and runs of loops that would have had to wait for outputs: there must be none.
    final AtomicInteger forbiddenRuns = new AtomicInteger();

    /// How many of the next runs fail, whatever their rows.
    final AtomicInteger runsToFail = new AtomicInteger();

    /// Done when a run begins.
    volatile Runnable whenRun = () -> {};

    /// How many of the next runners cannot be made.
    final AtomicInteger runnersToFail = new AtomicInteger();

    private final int maxRows;
    private final boolean gated;
    private final int outputSets;
    private final int workers;
    private volatile int threadsPerRun = 1;
    private volatile boolean closed;

    private FakeBatchModel(int maxRows, boolean gated, int outputSets, int workers) {
        this.maxRows = maxRows;
        this.gated = gated;
        this.outputSets = outputSets;
        this.workers = workers;
    }

    static FakeBatchModel free(int maxRows) {
        return new FakeBatchModel(maxRows, false, Integer.MAX_VALUE, 0);
    }

    static FakeBatchModel gated(int maxRows) {
        return new FakeBatchModel(maxRows, true, Integer.MAX_VALUE, 0);
    }

    /// Each runner has that many sets of outputs.
    ///
    /// @param workers whose runners wait for free outputs; no other may
    static FakeBatchModel withOutputs(int maxRows, int outputSets, int workers) {
        return new FakeBatchModel(maxRows, false, outputSets, workers);
    }

    /// Its runs take so many workers.
    FakeBatchModel sharedBy(int threads) {
        threadsPerRun = threads;
        return this;
    }

    @Override
    public int threadsPerRun() {
        return threadsPerRun;
    }

    @Override
    public ModelKey key() {
        return new ModelKey("double", 1);
    }

    @Override
    public RowLayout layout() {
        return RowLayout.of(new long[] {ROW_BYTES}, new long[] {ROW_BYTES});
    }

    @Override
    public Signature signature() {
        TensorSpec x = TensorSpec.of("x", DataType.FP32, -1);
        return new Signature(List.of(x), List.of(x), 0);
    }

    @Override
    public Shape outputRowShape(int output) {
        return Shape.of();
    }

    @Override
    public BatchModel withMaxRows(int otherMaxRows) {
        return new FakeBatchModel(otherMaxRows, gated, outputSets, workers);
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public BatchRunner batchRunner(int index) {
        if (runnersToFail.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new OutOfMemoryError("no memory for a session (this is a test)");
        }
        return new Runner(
                Arena.global().allocate((long) maxRows * ROW_BYTES, 64).address(), index < workers);
    }

    private final class Runner implements BatchRunner {
        private final long inputs;
        private final boolean waits;
        private final AtomicInteger setsInUse = new AtomicInteger();

        Runner(long inputs, boolean waits) {
            this.inputs = inputs;
            this.waits = waits;
        }

        @Override
        public int maxRows() {
            return maxRows;
        }

        @Override
        public long inputAddress(int input) {
            return inputs;
        }

        @Override
        public boolean hasFreeOutputs() {
            return setsInUse.get() < outputSets;
        }

        @Override
        public BatchOutputs run(int rows, int holders) {
            while (waits && !hasFreeOutputs()) {
                Thread.onSpinWait();
            }
            if (closed || !hasFreeOutputs()) {
                forbiddenRuns.incrementAndGet();
            }
            runRows.add(rows);
            whenRun.run();
            begun.release();
            if (gated) {
                mayEnd.acquireUninterruptibly();
            }
            if (runsToFail.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new OutOfMemoryError("no memory for a run (this is a test)");
            }
            return new Outputs(inputs, rows, holders, setsInUse);
        }
    }

    private final class Outputs implements BatchOutputs {
        private final MemorySegment memory;
        private final AtomicInteger setsInUse;
        private final AtomicInteger holders;

        Outputs(long inputs, int rows, int holders, AtomicInteger setsInUse) {
            this.setsInUse = setsInUse;
            this.holders = new AtomicInteger(holders);
            memory = Arena.ofAuto().allocate((long) rows * ROW_BYTES, 64);
            for (int i = 0; i < rows; i++) {
                float value = Native.ALL.get(ValueLayout.JAVA_FLOAT_UNALIGNED, inputs + (long) i * ROW_BYTES);
                if (Float.isNaN(value)) {
                    throw new ServingException(ErrorCode.MODEL_FAILED, "a NaN");
                }
                memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, 2 * value);
            }
            unreleased.addAndGet(holders);
            setsInUse.incrementAndGet();
        }

        @Override
        public long address(int output) {
            return memory.address();
        }

        @Override
        public long rowBytes(int output) {
            return ROW_BYTES;
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
        public void release() {
            unreleased.decrementAndGet();
            if (holders.decrementAndGet() == 0) {
                setsInUse.decrementAndGet();
            }
        }
    }
}
