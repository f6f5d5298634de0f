package dev.penstock.monitor.recording;

import java.util.Arrays;
import java.util.SplittableRandom;

/// A sample of a stream in which each value is equally likely to be (Vitter's algorithm R). Equal streams and
/// seeds make equal samples. Confined to one thread.
final class Reservoir {
    private final int capacity;
    private final SplittableRandom random;
    private double[] values = new double[16];
    private int kept;
    private long seen;

    /// @param capacity of the sample
    Reservoir(int capacity, long seed) {
        this.capacity = capacity;
        this.random = new SplittableRandom(seed);
    }

    void add(double value) {
        seen++;
        if (kept < capacity) {
            if (kept == values.length) {
                values = Arrays.copyOf(values, Math.min(capacity, 2 * kept));
            }
            values[kept++] = value;
            return;
        }
        long place = random.nextLong(seen);
        if (place < capacity) {
            values[(int) place] = value;
        }
    }

    long seen() {
        return seen;
    }

    double[] sorted() {
        double[] sorted = Arrays.copyOf(values, kept);
        Arrays.sort(sorted);
        return sorted;
    }
}
