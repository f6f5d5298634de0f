package dev.penstock.runtime;

import dev.penstock.core.ServingException;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.core.batching.Native;
import dev.penstock.core.batching.RowLayout;
import dev.penstock.core.batching.SampleValues;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/// Tries a model's outputs in given memory, and how fast it is there.
final class PinnedTrial {
    private static final long SEED = 1;
    private static final double MAGNITUDE = 0.5;
    /// Enough for the code around the model to be compiled.
    private static final int MOST_RUNS = 500;
    private static final long MOST_NANOS = 20_000_000;

    private final PinnedLayout layout;
    private final PinnedRunner runner;

    /// What was found.
    sealed interface Finding {}

    /// @param fast whether a run of one row took less than was asked
    record Timed(boolean fast) implements Finding {}

    /// Outputs cannot be placed in given memory.
    record Failed(String reason) implements Finding {}

    /// @param runner for the calling thread, with nothing held
    PinnedTrial(PinnedLayout layout, PinnedRunner runner) {
        this.layout = layout;
        this.runner = runner;
    }

    /// Blocks for a run of all rows, and for one of one row or some milliseconds of them.
    ///
    /// @param fastNanos what is asked of a run of one row
    Finding look(SampleValues values, long fastNanos) {
        fill(values);
        try {
            runner.run(runner.maxRows(), 1).release();
            return new Timed(isFast(fastNanos));
        } catch (ServingException e) {
            return new Failed("a trial run failed: " + e.reason());
        }
    }

    private void fill(SampleValues values) {
        RowLayout rows = layout.rowLayout();
        SplittableRandom random = new SplittableRandom(SEED);
        for (int input = 0; input < rows.inputs(); input++) {
            long bytes = rows.inputRowBytes(input) * runner.maxRows();
            MemorySegment block = Native.ALL.asSlice(runner.inputAddress(input), bytes);
            values.fill(layout.signature().inputs().get(input).type(), block, MAGNITUDE, random);
        }
    }

    // The first run that is short enough settles it: no later one could tell otherwise.
    private boolean isFast(long fastNanos) {
        long spentNanos = 0;
        for (int run = 0; run < MOST_RUNS && spentNanos < MOST_NANOS; run++) {
            BatchOutputs outputs = runner.run(1, 1);
            long nanos = outputs.endedNanos() - outputs.startedNanos();
            outputs.release();
            if (nanos < fastNanos) {
                return true;
            }
            spentNanos += nanos;
        }
        return false;
    }
}
