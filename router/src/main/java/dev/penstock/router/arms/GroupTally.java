package dev.penstock.router.arms;

import java.util.concurrent.atomic.AtomicReferenceArray;

/// Numbers as they are told, by group. Thread-safe, and nobody waits for another: who tells may be a thread
/// that gets a processor last.
public final class GroupTally {
    private final AtomicReferenceArray<Told> groups = new AtomicReferenceArray<>(GroupSums.GROUPS);

    /// What one group told.
    private record Told(long count, double sum, double squares) {
        static final Told NOTHING = new Told(0, 0, 0);
    }

    public GroupTally() {
        for (int i = 0; i < GroupSums.GROUPS; i++) {
            groups.set(i, Told.NOTHING);
        }
    }

    /// @param value finite
    public void add(int group, double value) {
        Told before;
        Told after;
        do {
            before = groups.get(group);
            after = new Told(before.count + 1, before.sum + value, before.squares + value * value);
        } while (!groups.compareAndSet(group, before, after));
    }

    public GroupSums sums() {
        long[] counts = new long[GroupSums.GROUPS];
        double[] sums = new double[GroupSums.GROUPS];
        double[] squares = new double[GroupSums.GROUPS];
        for (int i = 0; i < GroupSums.GROUPS; i++) {
            Told told = groups.get(i);
            counts[i] = told.count;
            sums[i] = told.sum;
            squares[i] = told.squares;
        }
        return new GroupSums(counts, sums, squares);
    }
}
