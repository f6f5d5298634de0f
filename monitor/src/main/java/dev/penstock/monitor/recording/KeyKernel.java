package dev.penstock.monitor.recording;

import dev.penstock.core.RunRows;
import java.lang.foreign.MemorySegment;

/// Integers as categories, column by column.
final class KeyKernel implements Kernel {
    private final Part.Keys part;
    private final Counters counters;
    private final long elementBytes;
    private final long rowBytes;
    private final long[] column = new long[BLOCK];

    KeyKernel(Part.Keys part, Counters counters) {
        this.part = part;
        this.counters = counters;
        this.elementBytes = part.type().byteSize();
        this.rowBytes = part.elements() * elementBytes;
    }

    @Override
    public void record(RunRows run, int from, int count) {
        long bytes = run.rowBytes(part.tensor());
        if (bytes != rowBytes) {
            counters.without(bytes, part.firstFeature(), part.count(), count);
            return;
        }
        MemorySegment memory = run.memory(part.tensor());
        long at = run.offset(part.tensor()) + from * rowBytes + part.from() * elementBytes;
        for (int i = 0; i < part.count(); i++) {
            Elements.integers(part.type(), memory, at + i * elementBytes, rowBytes, count, column);
            counters.keys(part.firstFeature() + i, column, count);
        }
    }
}
