package dev.penstock.core;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The buckets of a [LatencyHistogram] at one moment, or of several added up. Immutable.
public final class LatencySnapshot {
    /// Nothing was counted.
    public static final LatencySnapshot EMPTY = new LatencySnapshot(new long[LatencyScale.BUCKETS], 0);

    private final long[] counts;
    private final long count;
    private final long sumNanos;

    /// @param counts of each bucket; the caller must not change it any more
    LatencySnapshot(long[] counts, long sumNanos) {
        this.counts = counts;
        this.sumNanos = sumNanos;
        long all = 0;
        for (long one : counts) {
            all += one;
        }
        this.count = all;
    }

    /// What was kept of one.
    ///
    /// @param counts of each bucket, as many as [LatencyScale#BUCKETS], copied
    public static LatencySnapshot of(long[] counts, long sumNanos) {
        Check.argument(
                counts.length == LatencyScale.BUCKETS,
                "counts: %d buckets (expected: %d)",
                counts.length,
                LatencyScale.BUCKETS);
        return new LatencySnapshot(counts.clone(), sumNanos);
    }

    /// What both counted: of two threads, replicas or times that do not overlap. The order makes no difference.
    public LatencySnapshot plus(LatencySnapshot other) {
        long[] both = counts.clone();
        for (int i = 0; i < both.length; i++) {
            both[i] += other.counts[i];
        }
        return new LatencySnapshot(both, sumNanos + other.sumNanos);
    }

    /// What was counted since `earlier`.
    public LatencySnapshot minus(LatencySnapshot earlier) {
        long[] since = counts.clone();
        for (int i = 0; i < since.length; i++) {
            since[i] -= earlier.counts[i];
        }
        return new LatencySnapshot(since, sumNanos - earlier.sumNanos);
    }

    /// In all buckets.
    public long count() {
        return count;
    }

    /// In that bucket alone.
    public long count(int bucket) {
        return counts[bucket];
    }

    /// In each bucket of the classic histogram alone.
    public long[] classicCounts() {
        long[] classic = new long[LatencyScale.CLASSIC_BUCKETS];
        for (int i = 0; i < counts.length; i++) {
            classic[LatencyScale.classicOf(i)] += counts[i];
        }
        return classic;
    }

    public long sumNanos() {
        return sumNanos;
    }

    /// The quantile as Prometheus has it of a native histogram (`histogram_quantile`): values are taken to
    /// lie evenly on a logarithmic scale in their bucket, and on a linear one in bucket 0.
    ///
    /// @param q from 0 to 1
    /// @return seconds, within 4.5 % of the value that `q * count` others are not above if it is between a
    ///     microsecond and an hour; NaN if nothing was counted
    public double quantileSeconds(double q) {
        Check.argument(q >= 0 && q <= 1, "q: %s (expected: 0..1)", q);
        if (count == 0) {
            return Double.NaN;
        }
        double rank = q * count;
        double before = 0;
        int last = 0;
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                last = i;
                if (before + counts[i] >= rank) {
                    return inBucket(i, (rank - before) / counts[i]);
                }
                before += counts[i];
            }
        }
        return inBucket(last, 1);
    }

    private static double inBucket(int bucket, double part) {
        double upper = LatencyScale.upperSeconds(bucket);
        if (bucket == 0) {
            return upper * part;
        }
        double lower = LatencyScale.upperSeconds(bucket - 1);
        return lower * Math.pow(upper / lower, part);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LatencySnapshot same && sumNanos == same.sumNanos && Arrays.equals(counts, same.counts);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(counts) + Long.hashCode(sumNanos);
    }
}
