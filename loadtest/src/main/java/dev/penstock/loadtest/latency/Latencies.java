package dev.penstock.loadtest.latency;

import java.util.Arrays;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.jspecify.annotations.Nullable;

/// What [LatencyCounts] had counted, kept in about two bytes for each latency that differs. All figures are
/// those of an HdrHistogram of the same values. Immutable.
public final class Latencies {
    public static final Latencies NONE = new Latencies(new byte[0], 0, 0);

    private final byte[] slots;
    private final long count;
    private final double sum;

    /// @param slots of a [SlotWriter]; not copied
    Latencies(byte[] slots, long count, double sum) {
        this.slots = slots;
        this.count = count;
        this.sum = sum;
    }

    /// @param nanos if it counts finer or farther than [LatencyCounts] do, that is lost
    public static Latencies of(Histogram nanos) {
        LatencyCounts counts = new LatencyCounts();
        for (HistogramIterationValue value : nanos.recordedValues()) {
            long greatest = Math.min(value.getValueIteratedTo(), Slots.MAX_NANOS);
            counts.count(Slots.of(greatest), value.getCountAtValueIteratedTo());
        }
        return counts.toLatencies();
    }

    SlotReader reader() {
        return new SlotReader(slots);
    }

    public boolean isEmpty() {
        return count == 0;
    }

    /// How many there are.
    public long count() {
        return count;
    }

    /// How many of them can be told apart.
    int slots() {
        SlotReader in = reader();
        int slots = 0;
        while (in.next()) {
            slots++;
        }
        return slots;
    }

    /// @return NaN if there are none
    public double meanMicros() {
        return sum / (double) count / 1e3;
    }

    /// @param percentile 0 to 100
    /// @return NaN if there are none
    public double micros(double percentile) {
        if (isEmpty()) {
            return Double.NaN;
        }
        // As many as that: HdrHistogram's rule, which keeps what is rounded up from being one too many.
        long wanted = Math.max(1, (long) Math.ceil(Math.nextDown(percentile) * (double) count / 100));
        SlotReader in = reader();
        long seen = 0;
        while (seen < wanted && in.next()) {
            seen += in.count();
        }
        return (double) (percentile == 0 ? Slots.lowest(in.slot()) : Slots.highest(in.slot())) / 1e3;
    }

    /// How many are no longer than that, as far as they can be told from it.
    ///
    /// @param nanos 0 or more
    public long countUpTo(long nanos) {
        int to = Slots.of(Math.min(nanos, Slots.MAX_NANOS));
        SlotReader in = reader();
        long seen = 0;
        while (in.next() && in.slot() <= to) {
            seen += in.count();
        }
        return seen;
    }

    /// A copy, in nanoseconds. It is some 270 kB large.
    public Histogram toHistogram() {
        Histogram histogram = Slots.newHistogram();
        SlotReader in = reader();
        while (in.next()) {
            histogram.recordValueWithCount(Slots.highest(in.slot()), in.count());
        }
        return histogram;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Latencies that && Arrays.equals(slots, that.slots);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(slots);
    }

    @Override
    public String toString() {
        return count + " latencies, p50 " + micros(50) + " µs, p99 " + micros(99) + " µs";
    }
}
