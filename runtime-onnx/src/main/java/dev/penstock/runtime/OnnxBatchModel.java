package dev.penstock.runtime;

import ai.onnxruntime.OrtException;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.Check;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.batching.BatchModel;
import dev.penstock.core.batching.BatchRunner;
import dev.penstock.core.batching.RowLayout;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;

/// The runners of one model for the rows of one shape group.
final class OnnxBatchModel implements BatchModel {
    private final OnnxModel model;
    private final PinnedLayout pinned;
    private final RowLayout layout;
    private final int maxRows;
    private final boolean ownSessions;
    private final AtomicReferenceArray<PinnedRunner> runners;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private boolean closed;

    /// @param ownSessions whether each runner has a session of its own
    OnnxBatchModel(OnnxModel model, PinnedLayout pinned, int maxRows, boolean ownSessions) {
        Check.argument(
                maxRows > 0 && maxRows <= pinned.mostRows(),
                "maxRows of %s: %d (expected: 1..%d)",
                model.key(),
                maxRows,
                pinned.mostRows());
        this.model = model;
        this.pinned = pinned;
        this.layout = pinned.rowLayout();
        this.maxRows = maxRows;
        this.ownSessions = ownSessions;
        this.runners = new AtomicReferenceArray<>(model.runners());
    }

    @Override
    public ModelKey key() {
        return model.key();
    }

    @Override
    public Signature signature() {
        return pinned.signature();
    }

    @Override
    public RowLayout layout() {
        return layout;
    }

    @Override
    public int threadsPerRun() {
        return model.threadsPerRun();
    }

    @Override
    public Shape outputRowShape(int output) {
        return pinned.outputRows().get(output);
    }

    @Override
    public BatchRunner batchRunner(int index) {
        PinnedRunner runner = runners.get(index);
        return runner == null ? open(index) : runner;
    }

    private PinnedRunner open(int index) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException(key() + " is closed");
            }
            PinnedRunner runner = runners.get(index);
            if (runner == null) {
                runner = model.newRunner(pinned, maxRows, ownSessions, index);
                runners.set(index, runner);
            }
            return runner;
        } catch (OrtException e) {
            throw new IllegalStateException(key() + ": runner " + index + " cannot be made", e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public BatchModel withMaxRows(int otherMaxRows) {
        return model.adopt(new OnnxBatchModel(model, pinned, otherMaxRows, ownSessions));
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            for (int i = 0; i < runners.length(); i++) {
                PinnedRunner runner = runners.get(i);
                if (runner != null) {
                    runner.close();
                }
            }
        } finally {
            lock.unlock();
        }
        model.forget(this);
    }
}
