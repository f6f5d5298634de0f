package dev.penstock.core.batching;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.function.IntFunction;

/// Memory of our own for rows of every output, for answers that do not lie in a runner's. It goes with the last
/// reference to this.
final class OutputRows {
    private final RowLayout layout;
    private final ByteBuffer[] rows;

    OutputRows(RowLayout layout, int rowCount) {
        this(layout, rowCount, ByteBuffer::allocateDirect);
    }

    /// @param memory direct buffers of a size, filled with zeros
    OutputRows(RowLayout layout, int rowCount, IntFunction<ByteBuffer> memory) {
        this.layout = layout;
        this.rows = new ByteBuffer[layout.outputs()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = memory.apply(Math.toIntExact(layout.outputRowBytes(i) * rowCount));
        }
    }

    long address(int output) {
        return MemorySegment.ofBuffer(rows[output]).address();
    }

    long rowBytes(int output) {
        return layout.outputRowBytes(output);
    }

    /// Copies rows of a run.
    void copy(BatchOutputs from, int fromRow, int toRow, int rowCount) {
        for (int i = 0; i < rows.length; i++) {
            long rowBytes = rowBytes(i);
            Native.copy(from.address(i) + fromRow * rowBytes, address(i) + toRow * rowBytes, rowCount * rowBytes);
        }
    }
}
