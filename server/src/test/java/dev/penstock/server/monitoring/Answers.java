package dev.penstock.server.monitoring;

import dev.penstock.core.RunRows;
import java.lang.foreign.MemorySegment;

/// Rows of [WatchedModel#SIGNATURE], of which only the output is there: one number each.
record Answers(MemorySegment values) implements RunRows {
    Answers(float[] values) {
        this(MemorySegment.ofArray(values));
    }

    @Override
    public int rows() {
        return (int) (values.byteSize() / Float.BYTES);
    }

    @Override
    public long rowBytes(int tensor) {
        return tensor == 0 ? ABSENT : Float.BYTES;
    }

    @Override
    public long offset(int tensor) {
        return 0;
    }

    @Override
    public MemorySegment memory(int tensor) {
        return values;
    }
}
