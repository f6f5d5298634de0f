package dev.penstock.core.batching;

import dev.penstock.core.Check;

/// What [ModelProbe] may do.
///
/// @param fixedRows the maximum batch that somebody chose; 0 to find it by measuring
/// @param mostRows the most rows that somebody allows, also where they are fixed; 0 for limits of our own
/// @param maxBytes the most memory that the rows of one batch may take, inputs and outputs together, unless
///     its rows are fixed
/// @param budgetNanos how long the measuring may take, about
/// @param allowVariance whether rows may run together although that changes their answers
/// @param warmingRuns at most so many before the first measurement, for code around the model to get warm
public record ProbeLimits(
        int fixedRows, int mostRows, long maxBytes, long budgetNanos, boolean allowVariance, int warmingRuns) {
    private static final int SMALL_ROW_BYTES = 4096;
    private static final int MOST_SMALL_ROWS = 256;
    private static final int MOST_ROWS = 64;

    private static final long STANDARD_BYTES = 64L << 20;
    private static final long STANDARD_NANOS = 2_000_000_000;
    private static final int STANDARD_WARMING_RUNS = 300;
    private static final int FEW_WARMING_RUNS = 30;

    public ProbeLimits {
        Check.argument(fixedRows >= 0, "fixedRows: %d (expected: >= 0)", fixedRows);
        Check.argument(mostRows >= 0, "mostRows: %d (expected: >= 0)", mostRows);
        Check.argument(maxBytes > 0, "maxBytes: %d (expected: > 0)", maxBytes);
        Check.argument(warmingRuns > 0, "warmingRuns: %d (expected: > 0)", warmingRuns);
        Check.argument(budgetNanos > 0, "budgetNanos: %d (expected: > 0)", budgetNanos);
    }

    /// Finds the maximum in two seconds, up to 64 MiB and 64 rows, or 256 rows of less than 4 KiB.
    public static ProbeLimits standard() {
        return new ProbeLimits(0, 0, STANDARD_BYTES, STANDARD_NANOS, false, STANDARD_WARMING_RUNS);
    }

    public ProbeLimits withFixedRows(int rows) {
        return new ProbeLimits(rows, mostRows, maxBytes, budgetNanos, allowVariance, warmingRuns);
    }

    public ProbeLimits withMostRows(int rows) {
        return new ProbeLimits(fixedRows, rows, maxBytes, budgetNanos, allowVariance, warmingRuns);
    }

    public ProbeLimits withMaxBytes(long bytes) {
        return new ProbeLimits(fixedRows, mostRows, bytes, budgetNanos, allowVariance, warmingRuns);
    }

    public ProbeLimits allowingVariance() {
        return new ProbeLimits(fixedRows, mostRows, maxBytes, budgetNanos, true, warmingRuns);
    }

    /// For a process in which other models were tried before.
    public ProbeLimits inWarmCode() {
        return new ProbeLimits(fixedRows, mostRows, maxBytes, budgetNanos, allowVariance, FEW_WARMING_RUNS);
    }

    /// The most rows that are tried at all, at least 1.
    int mostRows(RowLayout layout) {
        int most = fixedRows > 0 ? fixedRows : mostMeasured(layout);
        return mostRows > 0 ? Math.min(most, mostRows) : most;
    }

    private int mostMeasured(RowLayout layout) {
        long rowBytes = layout.inputBytes() + layout.outputBytes();
        int most = rowBytes < SMALL_ROW_BYTES ? MOST_SMALL_ROWS : MOST_ROWS;
        return Math.clamp(maxBytes / Math.max(rowBytes, 1), 1, most);
    }
}
