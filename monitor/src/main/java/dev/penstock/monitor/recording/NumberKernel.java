package dev.penstock.monitor.recording;

import dev.penstock.core.RunRows;
import java.lang.foreign.MemorySegment;

/// Elements as numbers: column by column, or one row across all columns.
final class NumberKernel implements Kernel {
    private final Part.Numbers part;
    private final Counters counters;
    private final long elementBytes;
    private final long rowBytes;
    private final double[] column = new double[BLOCK];
    private final double[] row;

    NumberKernel(Part.Numbers part, Counters counters) {
        this.part = part;
        this.counters = counters;
        this.elementBytes = part.type().byteSize();
        this.rowBytes = part.elements() * elementBytes;
        this.row = new double[part.count()];
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
        if (count == 1) {
            Elements.numbers(part.type(), memory, at, elementBytes, row.length, row);
            counters.each(part.firstFeature(), row);
            return;
        }
        for (int i = 0; i < row.length; i++) {
            Elements.numbers(part.type(), memory, at + i * elementBytes, rowBytes, count, column);
            counters.numbers(part.firstFeature() + i, column, count);
        }
    }
}
