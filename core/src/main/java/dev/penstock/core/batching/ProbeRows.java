package dev.penstock.core.batching;

import dev.penstock.core.DataType;
import dev.penstock.core.ServingException;
import dev.penstock.core.Signature;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/// Rows made of chance, in the inputs of one runner. Equal seeds make equal rows.
final class ProbeRows {
    /// Rows differ in magnitude by up to this factor either way, so that a scale shared by a batch shows.
    private static final double LARGEST_MAGNITUDE = 4;

    private final BatchRunner runner;
    private final RowLayout layout;
    private final Signature signature;
    private SampleValues values = SampleValues.VARIED;

    ProbeRows(BatchModel model, BatchRunner runner) {
        this.runner = runner;
        this.layout = model.layout();
        this.signature = model.signature();
    }

    /// Finds values that the model accepts, and leaves them in all rows.
    ///
    /// @throws ServingException what it said of the last ones, if it accepts none
    void prepare() {
        for (SampleValues candidate : SampleValues.values()) {
            values = candidate;
            for (int row = 0; row < runner.maxRows(); row++) {
                fill(row, row);
            }
            try {
                runner.run(1, 1).release();
                return;
            } catch (ServingException e) {
                if (candidate == SampleValues.ZEROS) {
                    throw e;
                }
            }
        }
    }

    void fill(int row, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double magnitude = Math.pow(LARGEST_MAGNITUDE, random.nextDouble(-1, 1));
        for (int input = 0; input < layout.inputs(); input++) {
            long rowBytes = layout.inputRowBytes(input);
            DataType type = signature.inputs().get(input).type();
            MemorySegment to = segment(runner.inputAddress(input) + row * rowBytes, rowBytes);
            values.fill(type, to, magnitude, random);
        }
    }

    static MemorySegment segment(long address, long bytes) {
        return Native.ALL.asSlice(address, bytes);
    }
}
