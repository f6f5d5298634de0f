package dev.penstock.monitor.recording;

import dev.penstock.core.BytesElements;
import dev.penstock.core.Murmur3;
import dev.penstock.core.RunRows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// Texts as categories, as they follow one another.
final class TextKernel implements Kernel {
    private static final ValueLayout.OfInt LENGTH = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Part.Keys part;
    private final Counters counters;

    // Within the run.
    private int row;
    private long at;

    TextKernel(Part.Keys part, Counters counters) {
        this.part = part;
        this.counters = counters;
    }

    /// Rows of another run come.
    void begin() {
        row = 0;
        at = 0;
    }

    @Override
    public void record(RunRows run, int from, int count) {
        long bytes = run.rowBytes(part.tensor());
        if (bytes != RunRows.VARIES) {
            counters.without(bytes, part.firstFeature(), part.count(), count);
            return;
        }
        MemorySegment memory = run.memory(part.tensor());
        long start = run.offset(part.tensor());
        while (row < from && skip(memory, start, part.elements())) {
            row++;
        }
        int counted = 0;
        while (row == from + counted && counted < count && isWhole(memory, start)) {
            boolean _ = skip(memory, start, part.from());
            for (int i = 0; i < part.count(); i++) {
                text(memory, start, part.firstFeature() + i);
            }
            boolean _ = skip(memory, start, part.elements() - part.from() - part.count());
            row++;
            counted++;
        }
        if (counted < count) {
            counters.without(bytes, part.firstFeature(), part.count(), count - counted);
        }
    }

    /// Whether all elements of the row are there: what a model answers may have fewer than its signature says.
    private boolean isWhole(MemorySegment memory, long start) {
        long begin = at;
        boolean whole = skip(memory, start, part.elements());
        at = begin;
        return whole;
    }

    /// @return false if there are fewer
    private boolean skip(MemorySegment memory, long start, int elements) {
        for (int i = 0; i < elements; i++) {
            if (start + at + BytesElements.LENGTH_BYTES > memory.byteSize()) {
                return false;
            }
            at += BytesElements.LENGTH_BYTES + memory.get(LENGTH, start + at);
        }
        return start + at <= memory.byteSize();
    }

    private void text(MemorySegment memory, long start, int feature) {
        int length = memory.get(LENGTH, start + at);
        long offset = start + at + BytesElements.LENGTH_BYTES;
        long hash = Murmur3.hash(memory, offset, length);
        counters.text(feature, hash, length);
        @Nullable LearningRing ring = counters.ring(feature);
        if (ring != null) {
            ring.text(memory, offset, length, hash);
        }
        at += BytesElements.LENGTH_BYTES + length;
    }
}
