package dev.penstock.core;

/// How somebody wants a model's requests put together. Zeros leave it to us.
///
/// @param mostRows the most rows of one run, found by measuring up to there; 0 for a limit of our own
/// @param fixedRows the most rows of one run without measuring; 0 to measure
/// @param maxDelayNanos how long a batch that is not full may wait for company though a worker is free
/// @param levels how its requests wait, by priority
/// @param allowVariance whether rows may run together although that changes their answers
/// @param enabled whether rows of different requests may run together at all
public record BatchingOrder(
        int mostRows, int fixedRows, long maxDelayNanos, QueueLevels levels, boolean allowVariance, boolean enabled) {
    /// All of it is left to us.
    public static final BatchingOrder STANDARD = new BatchingOrder(0, 0, 0, QueueLevels.ONE, false, true);

    /// Every request alone.
    public static final BatchingOrder NONE = new BatchingOrder(0, 0, 0, QueueLevels.ONE, false, false);

    public BatchingOrder {
        Check.argument(mostRows >= 0, "mostRows: %d (expected: >= 0)", mostRows);
        Check.argument(fixedRows >= 0, "fixedRows: %d (expected: >= 0)", fixedRows);
    }
}
