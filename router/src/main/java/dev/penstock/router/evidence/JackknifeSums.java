package dev.penstock.router.evidence;

import dev.penstock.core.Check;
import java.util.Arrays;

/// Values summed by the random group of the unit that they came from: 64 groups, each a sample of all units,
/// so that the groups' differences tell how exact a mean is, however the values of a unit depend on one
/// another. What is counted of arms ([dev.penstock.router.arms.GroupSums]) has squares besides, which no
/// jackknife needs. Immutable.
public final class JackknifeSums {
    /// How many there are.
    public static final int GROUPS = 64;

    private final long[] counts;
    private final double[] sums;

    private JackknifeSums(long[] counts, double[] sums) {
        this.counts = counts;
        this.sums = sums;
    }

    public static JackknifeSums none() {
        return new JackknifeSums(new long[GROUPS], new double[GROUPS]);
    }

    /// @param counts how many values came, by group, 64
    /// @param sums of the values, by group, 64, finite
    public static JackknifeSums of(long[] counts, double[] sums) {
        Check.argument(counts.length == GROUPS, "counts: %d groups (expected: %d)", counts.length, GROUPS);
        Check.argument(sums.length == GROUPS, "sums: %d groups (expected: %d)", sums.length, GROUPS);
        for (int i = 0; i < GROUPS; i++) {
            Check.argument(counts[i] >= 0, "counts: %d (expected: >= 0)", counts[i]);
            Check.argument(Double.isFinite(sums[i]), "sums: %s (expected: finite)", sums[i]);
        }
        return new JackknifeSums(counts.clone(), sums.clone());
    }

    /// One value more. For many at once, sum them first.
    ///
    /// @param group of the unit, 0..63
    /// @param value finite
    public JackknifeSums plus(int group, double value) {
        Check.argument(group >= 0 && group < GROUPS, "group: %d (expected: 0..%d)", group, GROUPS - 1);
        Check.argument(Double.isFinite(value), "value: %s (expected: finite)", value);
        long[] moreCounts = counts.clone();
        double[] moreSums = sums.clone();
        moreCounts[group]++;
        moreSums[group] += value;
        return new JackknifeSums(moreCounts, moreSums);
    }

    /// Those of both, such as of two replicas.
    public JackknifeSums plus(JackknifeSums other) {
        double[] moreSums = sums.clone();
        for (int i = 0; i < GROUPS; i++) {
            moreSums[i] += other.sums[i];
        }
        return new JackknifeSums(PoolCounts.sum(counts, other.counts), moreSums);
    }

    long count(int group) {
        return counts[group];
    }

    double sum(int group) {
        return sums[group];
    }

    /// A copy.
    public long[] counts() {
        return counts.clone();
    }

    /// A copy.
    public double[] sums() {
        return sums.clone();
    }

    /// How many values there are.
    public long total() {
        return Arrays.stream(counts).sum();
    }

    /// NaN if there are none.
    public double mean() {
        return Arrays.stream(sums).sum() / (double) total();
    }

    /// How many groups have a value.
    public int filled() {
        return (int) Arrays.stream(counts).filter(count -> count > 0).count();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof JackknifeSums that
                && Arrays.equals(counts, that.counts)
                && Arrays.equals(sums, that.sums);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(counts) + Arrays.hashCode(sums);
    }

    @Override
    public String toString() {
        return "%d values, mean %s".formatted(total(), mean());
    }
}
