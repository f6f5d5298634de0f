package dev.penstock.loadtest.latency;

import java.util.Arrays;
import org.HdrHistogram.Histogram;

/// Counts latencies, to be used again and again: what is done with all of them looks at the slots between the
/// least and the greatest only, and allocates nothing. Not thread safe.
public final class LatencyCounts {
    private final long[] counts = new long[Slots.COUNT];
    private int first = Slots.COUNT;
    private int last = -1;

    /// Told of what was counted.
    @FunctionalInterface
    public interface Reader {
        /// @param nanos the greatest that is not told from those that were seen
        void seen(long nanos, long count);
    }

    /// @param nanos what is below 0 counts as 0, and what is above an hour as an hour
    public void add(long nanos) {
        count(Slots.of(Math.clamp(nanos, 0, Slots.MAX_NANOS)), 1);
    }

    void count(int slot, long times) {
        counts[slot] += times;
        first = Math.min(first, slot);
        last = Math.max(last, slot);
    }

    public void add(LatencyCounts other) {
        for (int slot = other.first; slot <= other.last; slot++) {
            counts[slot] += other.counts[slot];
        }
        first = Math.min(first, other.first);
        last = Math.max(last, other.last);
    }

    public void add(Latencies other) {
        SlotReader in = other.reader();
        while (in.next()) {
            count(in.slot(), in.count());
        }
    }

    /// Forgets all.
    public void reset() {
        if (last >= 0) {
            Arrays.fill(counts, first, last + 1, 0);
        }
        first = Slots.COUNT;
        last = -1;
    }

    public boolean isEmpty() {
        return last < 0;
    }

    /// Of some: the least, as far as it can be told from others.
    public long leastNanos() {
        return Slots.lowest(first);
    }

    /// Of some: the greatest, as far as it can be told from others.
    public long greatestNanos() {
        return Slots.highest(last);
    }

    /// The least and the greatest come first and last.
    public void forEach(Reader reader) {
        for (int slot = first; slot <= last; slot++) {
            if (counts[slot] > 0) {
                reader.seen(Slots.highest(slot), counts[slot]);
            }
        }
    }

    /// A copy that is small and does not change.
    public Latencies toLatencies() {
        SlotWriter out = new SlotWriter();
        long all = 0;
        double sum = 0;
        for (int slot = first; slot <= last; slot++) {
            long count = counts[slot];
            if (count > 0) {
                out.write(slot, count);
                all += count;
                sum += (double) Slots.middle(slot) * (double) count;
            }
        }
        return new Latencies(out.bytes(), all, sum);
    }

    /// A copy.
    public Histogram toHistogram() {
        Histogram histogram = Slots.newHistogram();
        forEach(histogram::recordValueWithCount);
        return histogram;
    }
}
