package dev.penstock.router.evidence;

import dev.penstock.core.Check;
import java.util.Arrays;

/// What both arms had while their shares stayed the same, by slot. Immutable.
public final class PoolCounts {
    private final Pool pool;
    private final long[] canary;
    private final long[] control;

    /// Keeps the arrays: nobody else may have them.
    private PoolCounts(Pool pool, long[] canary, long[] control) {
        this.pool = pool;
        this.canary = canary;
        this.control = control;
    }

    static PoolCounts copyOf(Pool pool, long[] canary, long[] control) {
        check("canary", canary);
        check("control", control);
        return new PoolCounts(pool, canary.clone(), control.clone());
    }

    private static void check(String arm, long[] counts) {
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] < 0) {
                throw new IllegalArgumentException("%s: %d in slot %d (expected: >= 0)".formatted(arm, counts[i], i));
            }
        }
    }

    PoolCounts plus(PoolCounts other) {
        Check.argument(pool.equals(other.pool), "pool: %s (expected: %s)", other.pool, pool);
        return new PoolCounts(pool, sum(canary, other.canary), sum(control, other.control));
    }

    static long[] sum(long[] a, long[] b) {
        long[] sum = a.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] = Math.addExact(sum[i], b[i]);
        }
        return sum;
    }

    public Pool pool() {
        return pool;
    }

    int slots() {
        return canary.length;
    }

    public long canary(int slot) {
        return canary[slot];
    }

    public long control(int slot) {
        return control[slot];
    }

    /// A copy.
    public long[] canary() {
        return canary.clone();
    }

    /// A copy.
    public long[] control() {
        return control.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PoolCounts that
                && pool.equals(that.pool)
                && Arrays.equals(canary, that.canary)
                && Arrays.equals(control, that.control);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * pool.hashCode() + Arrays.hashCode(canary)) + Arrays.hashCode(control);
    }

    @Override
    public String toString() {
        return "%s: canary %s, control %s".formatted(pool, Arrays.toString(canary), Arrays.toString(control));
    }
}
