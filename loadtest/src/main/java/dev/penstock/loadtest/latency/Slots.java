package dev.penstock.loadtest.latency;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// Which latencies are counted as one: HdrHistogram's buckets for three digits, from 0 to an hour in
/// nanoseconds. Up to 2047 each has a slot of its own; from then on each power of two has 1024.
final class Slots {
    static final long MAX_NANOS = TimeUnit.HOURS.toNanos(1);
    static final int COUNT = of(MAX_NANOS) + 1;

    private static final int DIGITS = 3;
    private static final int HALF_BITS = 10;
    private static final int HALF = 1 << HALF_BITS;

    private Slots() {}

    /// @param nanos 0 to [#MAX_NANOS]
    static int of(long nanos) {
        int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(nanos) - HALF_BITS - 1);
        return (shift << HALF_BITS) + (int) (nanos >>> shift);
    }

    private static int shift(int slot) {
        return Math.max(0, (slot >>> HALF_BITS) - 1);
    }

    static long lowest(int slot) {
        int shift = shift(slot);
        return (long) (slot - shift * HALF) << shift;
    }

    static long middle(int slot) {
        return lowest(slot) + ((1L << shift(slot)) >> 1);
    }

    static long highest(int slot) {
        return lowest(slot) + (1L << shift(slot)) - 1;
    }

    static Histogram newHistogram() {
        return new Histogram(MAX_NANOS, DIGITS);
    }
}
