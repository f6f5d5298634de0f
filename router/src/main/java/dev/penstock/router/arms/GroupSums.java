package dev.penstock.router.arms;

import dev.penstock.core.Check;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// How many numbers were told of one arm, their sum and the sum of their squares, by random group of units: so
/// that the variance of a mean can be had where one unit tells many. Immutable.
public final class GroupSums {
    public static final int GROUPS = 64;

    public static final GroupSums EMPTY = new GroupSums(new long[GROUPS], new double[GROUPS], new double[GROUPS]);

    private final long[] counts;
    private final double[] sums;
    private final double[] squares;

    /// @param counts by group, copied, as the others are
    public GroupSums(long[] counts, double[] sums, double[] squares) {
        Check.argument(
                counts.length == GROUPS && sums.length == GROUPS && squares.length == GROUPS,
                "%d, %d and %d groups (expected: %d)",
                counts.length,
                sums.length,
                squares.length,
                GROUPS);
        this.counts = counts.clone();
        this.sums = sums.clone();
        this.squares = squares.clone();
    }

    /// Of all groups.
    public long count() {
        return Arrays.stream(counts).sum();
    }

    /// Of all groups.
    public double sum() {
        return Arrays.stream(sums).sum();
    }

    public long count(int group) {
        return counts[group];
    }

    public double sum(int group) {
        return sums[group];
    }

    public double squares(int group) {
        return squares[group];
    }

    /// Groups of which anything was told.
    public int groups() {
        return (int) Arrays.stream(counts).filter(n -> n > 0).count();
    }

    /// Whether it can be: what is told by millions has sums, unless what is told has no bounds.
    public boolean isSound() {
        return Double.isFinite(sum())
                && Double.isFinite(Arrays.stream(squares).sum())
                && Arrays.stream(counts).noneMatch(count -> count < 0);
    }

    /// By group; the caller's.
    public long[] counts() {
        return counts.clone();
    }

    /// By group; the caller's.
    public double[] sums() {
        return sums.clone();
    }

    /// By group; the caller's.
    public double[] squares() {
        return squares.clone();
    }

    public GroupSums plus(GroupSums other) {
        return combined(other, 1);
    }

    /// What was told since `earlier`.
    public GroupSums minus(GroupSums earlier) {
        return combined(earlier, -1);
    }

    private GroupSums combined(GroupSums other, int sign) {
        GroupSums both = new GroupSums(counts, sums, squares);
        for (int i = 0; i < GROUPS; i++) {
            both.counts[i] += sign * other.counts[i];
            both.sums[i] += sign * other.sums[i];
            both.squares[i] += sign * other.squares[i];
        }
        return both;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof GroupSums same
                && Arrays.equals(counts, same.counts)
                && Arrays.equals(sums, same.sums)
                && Arrays.equals(squares, same.squares);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Arrays.hashCode(counts) + Arrays.hashCode(sums)) + Arrays.hashCode(squares);
    }

    @Override
    public String toString() {
        return "%d of %d groups, sum %s".formatted(count(), groups(), sum());
    }
}
