package dev.penstock.core;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// How long things took, in the buckets of [LatencyScale]. Any thread reads; who writes is said at each method.
///
/// Memory is taken for the doublings that occur, 144 bytes each: nearly always less than ten of 33. Once they
/// are there, counting allocates nothing.
public final class LatencyHistogram {
    private static final int PART = 16;
    private static final int PARTS = (LatencyScale.BUCKETS + PART - 1) / PART;

    private final AtomicReferenceArray<@Nullable AtomicLongArray> parts = new AtomicReferenceArray<>(PARTS);
    private final AtomicLong sumNanos = new AtomicLong();

    /// Any thread, unless one calls [#recordAlone].
    public void record(long nanos) {
        int bucket = LatencyScale.bucketOf(nanos);
        part(bucket / PART).incrementAndGet(bucket % PART);
        sumNanos.addAndGet(nanos);
    }

    /// For the only thread that ever writes to this histogram.
    public void recordAlone(long nanos) {
        int bucket = LatencyScale.bucketOf(nanos);
        AtomicLongArray part = part(bucket / PART);
        // One writer, so a plain read and an ordered write do: no locked instruction.
        part.setRelease(bucket % PART, part.getPlain(bucket % PART) + 1);
        sumNanos.setRelease(sumNanos.getPlain() + nanos);
    }

    private AtomicLongArray part(int index) {
        AtomicLongArray part = parts.getAcquire(index);
        return part == null ? newPart(index) : part;
    }

    private AtomicLongArray newPart(int index) {
        AtomicLongArray made = new AtomicLongArray(PART);
        AtomicLongArray before = parts.compareAndExchange(index, null, made);
        return before == null ? made : before;
    }

    /// What was counted up to now. Of what is being counted meanwhile, the sum and the counts may differ.
    public LatencySnapshot snapshot() {
        return sum(List.of(this));
    }

    /// What all of them counted up to now.
    public static LatencySnapshot sum(List<LatencyHistogram> histograms) {
        long[] counts = new long[LatencyScale.BUCKETS];
        long nanos = 0;
        for (LatencyHistogram histogram : histograms) {
            histogram.addTo(counts);
            nanos += histogram.sumNanos.getAcquire();
        }
        return new LatencySnapshot(counts, nanos);
    }

    private void addTo(long[] counts) {
        for (int i = 0; i < PARTS; i++) {
            AtomicLongArray part = parts.getAcquire(i);
            int buckets = Math.min(PART, counts.length - i * PART);
            for (int j = 0; part != null && j < buckets; j++) {
                counts[i * PART + j] += part.getAcquire(j);
            }
        }
    }
}
