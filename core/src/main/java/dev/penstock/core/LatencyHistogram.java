package dev.penstock.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How long things took, in the buckets of [LatencyScale]. Any thread reads; who writes is said at each method.
///
/// Memory is taken for the doublings that occur, 144 bytes each: nearly always less than ten of 33. Once they
/// are there, counting allocates nothing.
public final class LatencyHistogram {
    private static final int PART_BITS = 4;
    private static final int PART = 1 << PART_BITS;
    private static final int PARTS = (LatencyScale.BUCKETS + PART - 1) / PART;

    // Plain arrays, as every object on the way is another cache line of every request.
    private static final VarHandle PART_AT = MethodHandles.arrayElementVarHandle(long[][].class);
    private static final VarHandle COUNT_AT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle SUM = sum();

    /// Written through [#PART_AT], and what is in its parts through [#COUNT_AT].
    private final long @Nullable [][] parts = new long[PARTS][];

    @SuppressWarnings("UnusedVariable") // written through SUM
    private long sumNanos;

    private static VarHandle sum() {
        try {
            return MethodHandles.lookup().findVarHandle(LatencyHistogram.class, "sumNanos", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// Any thread, unless one calls [#recordAlone].
    public void record(long nanos) {
        int bucket = LatencyScale.bucketOf(nanos);
        COUNT_AT.getAndAdd(part(bucket >>> PART_BITS), bucket & (PART - 1), 1L);
        SUM.getAndAdd(this, nanos);
    }

    /// For the only thread that ever writes to this histogram.
    public void recordAlone(long nanos) {
        int bucket = LatencyScale.bucketOf(nanos);
        long[] part = part(bucket >>> PART_BITS);
        int index = bucket & (PART - 1);
        // One writer, so a plain read and an ordered write do: no locked instruction.
        COUNT_AT.setRelease(part, index, part[index] + 1);
        SUM.setRelease(this, sumNanos + nanos);
    }

    private long[] part(int index) {
        long[] part = (long[]) PART_AT.getAcquire(parts, index);
        return part == null ? newPart(index) : part;
    }

    private long[] newPart(int index) {
        long[] made = new long[PART];
        long[] before = (long[]) PART_AT.compareAndExchange(parts, index, null, made);
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
            nanos += (long) SUM.getAcquire(histogram);
        }
        return new LatencySnapshot(counts, nanos);
    }

    private void addTo(long[] counts) {
        for (int i = 0; i < PARTS; i++) {
            long[] part = (long[]) PART_AT.getAcquire(parts, i);
            int buckets = Math.min(PART, counts.length - i * PART);
            for (int j = 0; part != null && j < buckets; j++) {
                counts[i * PART + j] += (long) COUNT_AT.getAcquire(part, j);
            }
        }
    }
}
