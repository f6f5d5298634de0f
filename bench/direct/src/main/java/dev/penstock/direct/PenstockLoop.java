package dev.penstock.direct;

import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.core.batching.BatchRunner;

/// A batch of one row, as Penstock's workers run it.
final class PenstockLoop implements Loop {
    private final BatchRunner runner;

    PenstockLoop(BatchRunner runner) {
        this.runner = runner;
    }

    @Override
    public void run() {
        BatchOutputs outputs = runner.run(1, 1);
        outputs.release();
    }

    /// The runner belongs to its model.
    @Override
    public void close() {}
}
