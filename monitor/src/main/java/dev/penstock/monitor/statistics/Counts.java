package dev.penstock.monitor.statistics;

import dev.penstock.core.Check;

/// What two histograms over the same slots have to hold, and their totals.
final class Counts {
    private Counts() {}

    /// Refuses histograms of different lengths, and those with a negative count or none at all.
    static void checkPair(long[] baseline, long[] window) {
        Check.argument(
                baseline.length == window.length,
                "window: %d slots (expected: %d, as the baseline has)",
                window.length,
                baseline.length);
        checkSome("baseline", baseline);
        checkSome("window", window);
    }

    private static void checkSome(String name, long[] counts) {
        long total = 0;
        for (long count : counts) {
            if (count < 0) {
                throw new IllegalArgumentException("%s: a count of %d (expected: >= 0)".formatted(name, count));
            }
            total = Math.addExact(total, count);
        }
        Check.argument(total > 0, "%s: it is empty (expected: at least one value)", name);
    }

    static long total(long[] counts) {
        long total = 0;
        for (long count : counts) {
            total += count;
        }
        return total;
    }

    /// How many slots have a count in either histogram. The others say nothing about a difference.
    static int used(long[] baseline, long[] window) {
        int used = 0;
        for (int i = 0; i < baseline.length; i++) {
            if (baseline[i] != 0 || window[i] != 0) {
                used++;
            }
        }
        return used;
    }
}
