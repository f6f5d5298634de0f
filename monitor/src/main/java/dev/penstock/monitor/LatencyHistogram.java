package dev.penstock.monitor;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/// How long things took, in fixed buckets, so that histograms of different processes and times can be added.
///
/// The upper bounds are 10 us times powers of the fourth root of two, up to a minute: a quantile read from the
/// buckets is within 10 % of the true one. Any thread may record and read.
public final class LatencyHistogram {
    private static final double FIRST_BOUND_NANOS = 10_000;
    private static final double LAST_BOUND_NANOS = 60e9;
    private static final double GROWTH = Math.pow(2, 0.25);

    /// In nanoseconds, ascending; a value equal to a bound belongs to its bucket.
    private static final long[] BOUNDS = bounds();

    private final AtomicLongArray counts = new AtomicLongArray(BOUNDS.length + 1);
    private final LongAdder sumNanos = new LongAdder();

    /// The buckets at one moment.
    public static final class Snapshot {
        private final long[] counts;
        private final long sumNanos;

        private Snapshot(long[] counts, long sumNanos) {
            this.counts = counts;
            this.sumNanos = sumNanos;
        }

        public int buckets() {
            return counts.length;
        }

        /// What fell into that bucket alone; the last bucket has no upper bound.
        public long count(int bucket) {
            return counts[bucket];
        }

        public long sumNanos() {
            return sumNanos;
        }
    }

    public void record(long nanos) {
        counts.incrementAndGet(bucketOf(nanos));
        sumNanos.add(nanos);
    }

    public Snapshot snapshot() {
        long[] copy = new long[counts.length()];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = counts.get(i);
        }
        return new Snapshot(copy, sumNanos.sum());
    }

    /// Upper bounds of all buckets but the last.
    public static long[] boundsNanos() {
        return BOUNDS.clone();
    }

    static int bucketOf(long nanos) {
        int low = 0;
        int high = BOUNDS.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (BOUNDS[middle] < nanos) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static long[] bounds() {
        int count = (int) Math.ceil(Math.log(LAST_BOUND_NANOS / FIRST_BOUND_NANOS) / Math.log(GROWTH)) + 1;
        long[] bounds = new long[count];
        for (int i = 0; i < count; i++) {
            bounds[i] = Math.round(FIRST_BOUND_NANOS * Math.pow(GROWTH, i));
        }
        return bounds;
    }
}
