package dev.penstock.runtime;

import dev.penstock.core.Check;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.batching.BatchModel;
import dev.penstock.core.batching.BatchRunner;
import dev.penstock.core.batching.RowLayout;

/// The runners of one model for the rows of one shape group.
final class OnnxBatchModel implements BatchModel {
    private final OnnxModel model;
    private final PinnedLayout pinned;
    private final RowLayout layout;
    private final boolean ownSessions;
    private final RunnerKeeper<PinnedRunner> runners;

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
        this.ownSessions = ownSessions;
        this.runners = new RunnerKeeper<>(
                model.key(),
                model.runners(),
                index -> model.newRunner(pinned, maxRows, ownSessions, index),
                PinnedRunner::close);
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
    public boolean computesInCaller() {
        return model.computesInCaller();
    }

    @Override
    public Shape outputRowShape(int output) {
        return pinned.outputRows().get(output);
    }

    @Override
    public BatchRunner batchRunner(int index) {
        return runners.get(index);
    }

    @Override
    public BatchModel withMaxRows(int otherMaxRows) {
        return model.adopt(new OnnxBatchModel(model, pinned, otherMaxRows, ownSessions));
    }

    @Override
    public void close() {
        runners.close();
        model.forget(this);
    }
}
