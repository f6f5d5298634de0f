package dev.penstock.monitor.recording;

import dev.penstock.core.Check;
import dev.penstock.core.Murmur3;
import java.util.List;

/// How many rows are recorded where recording all would take more processor time than it may. Pure.
///
/// One row in a power of two is taken, by a hash of its number in its thread, so that shares stay unbiased
/// and no rhythm of the requests meets one of ours, as long as the power stays. Times of different powers are
/// weighed where they are put together (see [Strata]). What is recorded is counted, and every formula uses
/// that.
public final class Sampling {
    /// At most one row in so many is recorded.
    public static final int MOST_SHIFT = 10;

    /// Less is recorded at once, more only when that leaves so much of the budget.
    private static final double ROOM = 0.7;

    private Sampling() {}

    /// What recording a version's rows takes.
    ///
    /// @param rowsPerSecond rows that ran, recorded or not
    /// @param nanosPerRow what one takes that is recorded
    /// @param shift with which they are recorded now
    public record Load(double rowsPerSecond, double nanosPerRow, int shift) {
        public Load {
            Check.argument(rowsPerSecond >= 0, "rowsPerSecond: %s (expected: >= 0)", rowsPerSecond);
            Check.argument(nanosPerRow >= 0, "nanosPerRow: %s (expected: >= 0)", nanosPerRow);
            Check.argument(shift >= 0 && shift <= MOST_SHIFT, "shift: %d (expected: 0..%d)", shift, MOST_SHIFT);
        }

        /// Of a second's processor time, in nanoseconds.
        double nanosWith(int otherShift) {
            return rowsPerSecond * nanosPerRow / (1 << otherShift);
        }
    }

    /// Whether the row of that number is recorded.
    static boolean takes(long row, int shift) {
        return (Murmur3.mix(row + 1) & ((1L << shift) - 1)) == 0;
    }

    /// How the rows of each version are recorded from now on, so that all together take no more than the
    /// budget. The version that takes most gives most.
    ///
    /// @param loads of all versions
    /// @param budgetNanos of each second, over all threads: 1 % of four processors is 40 000 000
    /// @return the shift of each, in their order
    public static int[] shifts(List<Load> loads, double budgetNanos) {
        Check.argument(budgetNanos > 0, "budgetNanos: %s (expected: > 0)", budgetNanos);
        int[] least = fitting(loads, budgetNanos);
        int[] roomy = fitting(loads, budgetNanos * ROOM);
        int[] shifts = new int[least.length];
        for (int i = 0; i < shifts.length; i++) {
            shifts[i] = Math.clamp(loads.get(i).shift(), least[i], Math.max(least[i], roomy[i]));
        }
        return shifts;
    }

    private static int[] fitting(List<Load> loads, double budgetNanos) {
        int[] shifts = new int[loads.size()];
        double total = 0;
        for (Load load : loads) {
            total += load.nanosWith(0);
        }
        while (total > budgetNanos) {
            int largest = -1;
            double most = 0;
            for (int i = 0; i < shifts.length; i++) {
                double nanos = loads.get(i).nanosWith(shifts[i]);
                if (shifts[i] < MOST_SHIFT && nanos > most) {
                    most = nanos;
                    largest = i;
                }
            }
            if (largest < 0) {
                return shifts;
            }
            shifts[largest]++;
            total -= most / 2;
        }
        return shifts;
    }
}
