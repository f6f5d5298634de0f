package dev.penstock.router.arms;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.locks.ReentrantLock;

/// Numbers as they are told, by group. Thread-safe.
public final class GroupTally {
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final long[] counts = new long[GroupSums.GROUPS];

    @GuardedBy("lock")
    private final double[] sums = new double[GroupSums.GROUPS];

    @GuardedBy("lock")
    private final double[] squares = new double[GroupSums.GROUPS];

    /// @param value finite
    public void add(int group, double value) {
        lock.lock();
        try {
            counts[group]++;
            sums[group] += value;
            squares[group] += value * value;
        } finally {
            lock.unlock();
        }
    }

    public GroupSums sums() {
        lock.lock();
        try {
            return new GroupSums(counts, sums, squares);
        } finally {
            lock.unlock();
        }
    }
}
