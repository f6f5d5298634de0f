package dev.penstock.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.RunOptions;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingException;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.core.batching.BatchRunner;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One thread's batches: inputs that native code reads where they are gathered, and sets of outputs that it
/// writes where they are encoded from, used in turn. A run makes no object of ours.
///
/// Confined to its thread, but for [#close], which its model calls when no run is active.
final class PinnedRunner implements BatchRunner, AutoCloseable {
    /// While one is encoded, the next run fills the other.
    private static final int OUTPUT_SETS = 2;

    /// How ONNX Runtime begins to say that an output does not fit into the memory it was given.
    private static final String SHAPE_MISMATCH = "The output OrtValue provided for output";

    private final String model;
    private final int maxRows;
    private final OnnxSession session;
    private final DirectRun directRun;
    private final NanoClock clock;
    private final Native<RunOptions> options;
    private final PinnedRows inputs;
    private final OutputSet[] outputSets = new OutputSet[OUTPUT_SETS];
    private int turn;

    /// The runner's thread, while it waits for outputs to be released.
    private volatile @Nullable Thread waiting;

    PinnedRunner(PinnedLayout layout, int maxRows, OnnxSession session, Engine engine, NanoClock clock)
            throws OrtException {
        this.model = layout.model();
        this.maxRows = maxRows;
        this.session = session;
        this.directRun = engine.directRun();
        this.clock = clock;
        this.options = engine.runOptions();
        try {
            this.inputs = new PinnedRows(engine, layout.signature().inputs(), layout.inputRows(), maxRows);
        } catch (Throwable e) {
            options.close();
            throw e;
        }
        try {
            for (int i = 0; i < OUTPUT_SETS; i++) {
                outputSets[i] = new OutputSet(
                        this, new PinnedRows(engine, layout.signature().outputs(), layout.outputRows(), maxRows));
            }
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    @Override
    public int maxRows() {
        return maxRows;
    }

    @Override
    public long inputAddress(int input) {
        return inputs.address(input);
    }

    @Override
    public boolean hasFreeOutputs() {
        return free() != null;
    }

    @Override
    public BatchOutputs run(int rows, int holders) {
        if (rows < 1 || rows > maxRows) {
            throw new IllegalArgumentException("rows: %d (expected: 1..%d)".formatted(rows, maxRows));
        }
        // First of all: after close() nothing may be opened any more.
        RunOptions runOptions = options.get();
        inputs.checkBooleans(rows);
        OutputSet outputs = awaitFree();
        long startedNanos = clock.nanoTime();
        try {
            directRun.run(session.get(), inputs.first(rows), outputs.places().first(rows), runOptions);
        } catch (OrtException e) {
            throw failure(e);
        }
        outputs.hold(holders, rows, startedNanos, clock.nanoTime());
        turn = (turn + 1) % OUTPUT_SETS;
        return outputs;
    }

    private ServingException failure(OrtException e) {
        String reason = ErrorText.oneLine(e);
        return reason.contains(SHAPE_MISMATCH)
                ? new ServingException(
                        ErrorCode.MODEL_FAILED,
                        "model '%s' failed: an output's shape depends on the data, so it must not be batched: %s"
                                .formatted(model, reason))
                : OnnxRunner.failure(model, e);
    }

    private @Nullable OutputSet free() {
        for (int i = 0; i < OUTPUT_SETS; i++) {
            OutputSet set = outputSets[(turn + i) % OUTPUT_SETS];
            if (set.isFree()) {
                return set;
            }
        }
        return null;
    }

    // Whoever releases looks for a waiting thread after that, and the waiting thread looks for free outputs
    // after it
    // said that it waits: one of the two sees the other.
    private OutputSet awaitFree() {
        OutputSet set = free();
        if (set != null) {
            return set;
        }
        waiting = Thread.currentThread();
        try {
            while (true) {
                set = free();
                if (set != null) {
                    return set;
                }
                LockSupport.park(this);
            }
        } finally {
            waiting = null;
        }
    }

    /// Any thread.
    void outputsReleased() {
        Thread thread = waiting;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public void close() {
        for (OutputSet set : outputSets) {
            if (set != null) {
                set.close();
            }
        }
        inputs.close();
        options.close();
    }
}
