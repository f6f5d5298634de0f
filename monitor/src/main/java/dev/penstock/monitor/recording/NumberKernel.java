package dev.penstock.monitor.recording;

import dev.penstock.core.RunRows;
import java.lang.foreign.MemorySegment;

/// Elements as numbers, column by column.
final class NumberKernel implements Kernel {
    private final Part.Numbers part;
    private final Counters counters;
    private final long elementBytes;
    private final long rowBytes;
    private final double[] column = new double[BLOCK];

    NumberKernel(Part.Numbers part, Counters counters) {
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
            Elements.numbers(part.type(), memory, at + i * elementBytes, rowBytes, count, column);
            counters.numbers(part.firstFeature() + i, column, count);
        }
    }
}
