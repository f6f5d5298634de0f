package dev.penstock.core;

/// The buckets of all latency histograms, the same for ever and everywhere, so that histograms of different
/// processes and times are added bucket by bucket.
///
/// They are those of a Prometheus native histogram of schema 4: sixteen to each doubling, bounds at powers of
/// 2^(1/16) seconds, from 2^-20 s (just under a microsecond) to 2^12 s (over an hour). What is faster is in
/// bucket 0, and what is slower in the last one. Any value of a bucket is within 4.5 % of any other of the
/// same bucket, so a quantile is, however one interpolates; bucket 0 is the exception.
///
/// Classic histograms have every fourth of these bounds from 2^-17 s (7.6 us) to 64 s, so that both say the
/// same.
///
/// Units are nanoseconds inside and seconds where it says so. Pure functions; any thread.
public final class LatencyScale {
    /// The schema of the native histogram.
    public static final int SCHEMA = 4;

    /// Up to here in seconds is bucket 0.
    public static final double ZERO_SECONDS = 0x1p-20;

    private static final int FIRST_EXPONENT = -20;
    private static final int LAST_EXPONENT = 12;
    private static final int PER_DOUBLING = 1 << SCHEMA;

    /// How many buckets there are.
    public static final int BUCKETS = (LAST_EXPONENT - FIRST_EXPONENT) * PER_DOUBLING + 1;

    private static final int CLASSIC_STEP = 4;
    private static final int CLASSIC_FIRST = (-17 - FIRST_EXPONENT) * PER_DOUBLING;
    private static final int CLASSIC_LAST = (6 - FIRST_EXPONENT) * PER_DOUBLING;

    /// How many buckets a classic histogram has, the one without a bound among them.
    public static final int CLASSIC_BUCKETS = (CLASSIC_LAST - CLASSIC_FIRST) / CLASSIC_STEP + 2;

    private static final double NANOS_PER_SECOND = 1e9;

    /// The largest whole nanoseconds of each bucket.
    private static final long[] UPPER_NANOS = upperNanos();

    // Values that agree in their highest bit and the five below it have at most one bound among them: they
    // differ by
    // 3.1 % at most, neighbouring bounds by 4.4 %.
    private static final int CELL_BITS = 5;
    private static final int CELLS = 1 << CELL_BITS;
    private static final int LOWEST_BIT = highestBit(UPPER_NANOS[0]);

    /// The bucket of the smallest value of each cell.
    private static final short[] FIRST_BUCKETS = firstBuckets();

    private LatencyScale() {}

    /// Any value; what is negative is in bucket 0.
    public static int bucketOf(long nanos) {
        if (nanos <= UPPER_NANOS[0]) {
            return 0;
        }
        if (nanos > UPPER_NANOS[BUCKETS - 2]) {
            return BUCKETS - 1;
        }
        int bit = highestBit(nanos);
        int cell = (int) (nanos >>> (bit - CELL_BITS)) & (CELLS - 1);
        int bucket = FIRST_BUCKETS[(bit - LOWEST_BIT) * CELLS + cell];
        return nanos > UPPER_NANOS[bucket] ? bucket + 1 : bucket;
    }

    /// The bound of a bucket, which belongs to it; the last bucket has what is above it, too.
    public static double upperSeconds(int bucket) {
        return StrictMath.pow(2, FIRST_EXPONENT + (double) bucket / PER_DOUBLING);
    }

    /// The index of a bucket from 1 on in a native histogram, where the bucket with the bound 1 s has index 0.
    public static int nativeIndex(int bucket) {
        return bucket + FIRST_EXPONENT * PER_DOUBLING;
    }

    /// The bound of a bucket of the classic histogram, infinity for the last.
    public static double classicSeconds(int classicBucket) {
        return classicBucket == CLASSIC_BUCKETS - 1
                ? Double.POSITIVE_INFINITY
                : upperSeconds(CLASSIC_FIRST + classicBucket * CLASSIC_STEP);
    }

    /// The bucket of the classic histogram that has all of that bucket.
    public static int classicOf(int bucket) {
        int above = Math.max(0, bucket - CLASSIC_FIRST);
        return Math.min(CLASSIC_BUCKETS - 1, (above + CLASSIC_STEP - 1) / CLASSIC_STEP);
    }

    private static int highestBit(long positive) {
        return Long.SIZE - 1 - Long.numberOfLeadingZeros(positive);
    }

    private static long[] upperNanos() {
        long[] upper = new long[BUCKETS];
        for (int i = 0; i < BUCKETS; i++) {
            upper[i] = (long) Math.floor(upperSeconds(i) * NANOS_PER_SECOND);
        }
        return upper;
    }

    private static short[] firstBuckets() {
        int bits = highestBit(UPPER_NANOS[BUCKETS - 1]) - LOWEST_BIT + 1;
        short[] first = new short[bits * CELLS];
        int bucket = 0;
        for (int i = 0; i < first.length; i++) {
            long smallest = (long) (CELLS + i % CELLS) << (LOWEST_BIT + i / CELLS - CELL_BITS);
            while (bucket < BUCKETS - 1 && UPPER_NANOS[bucket] < smallest) {
                bucket++;
            }
            first[i] = (short) bucket;
        }
        return first;
    }
}
