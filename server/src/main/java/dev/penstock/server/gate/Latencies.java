package dev.penstock.server.gate;

import java.util.Arrays;

/// How long runs took, held against a limit of their 99th percentile. Confined to one thread.
final class Latencies {
    private final long limitNanos;
    private final int runs;

    /// Of so many, more than the limit allows the 99th percentile to be within it.
    private final int mostSlow;

    private final long[] nanos;
    private int count;
    private int slow;

    /// @param runs to be measured
    Latencies(long limitNanos, int runs) {
        this.limitNanos = limitNanos;
        this.runs = runs;
        this.mostSlow = runs - rank99(runs);
        this.nanos = new long[runs];
    }

    /// The nearest rank, counted from 1.
    private static int rank99(int count) {
        return (99 * count + 99) / 100;
    }

    void add(long tookNanos) {
        nanos[count++] = tookNanos;
        slow += tookNanos > limitNanos ? 1 : 0;
    }

    /// Whether another run can change the verdict, or is owed to the numbers of one that is good.
    boolean undecided() {
        return count < runs && slow <= mostSlow;
    }

    boolean keptLimit() {
        return slow <= mostSlow;
    }

    String describe() {
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        String seen = "p50 %s, p99 %s, max %s of %d runs"
                .formatted(
                        Numbers.millis(sorted[(count - 1) / 2]),
                        Numbers.millis(sorted[rank99(count) - 1]),
                        Numbers.millis(sorted[count - 1]),
                        count);
        return keptLimit()
                ? "%s (limit of p99: %s)".formatted(seen, Numbers.millis(limitNanos))
                : "%d of %d runs took longer than %s, so p99 of %d does too; %s"
                        .formatted(slow, count, Numbers.millis(limitNanos), runs, seen);
    }
}
