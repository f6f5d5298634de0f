package dev.penstock.core.batching;

import dev.penstock.core.Check;

/// How one version's requests are put together.
///
/// @param maxRows the most rows of one run
/// @param queueRows how many rows may wait; rounded up to a power of two
/// @param maxDelayNanos how long a batch that is not full may wait for company though a worker is free; usually 0
/// @param priorities how many levels there are; 1 for none. Level 1 goes first.
/// @param defaultPriority of requests that name none
/// @param queueTimeoutNanos after which a waiting request is answered that it took too long; 0 for never
public record LaneSettings(
        int maxRows, int queueRows, long maxDelayNanos, int priorities, int defaultPriority, long queueTimeoutNanos) {
    /// Requests with more rows than these are refused: one caller would own the queue.
    private static final int MAX_BATCHES_PER_REQUEST = 32;
    private static final int ALWAYS_ALLOWED_ROWS = 1024;

    public LaneSettings {
        Check.argument(maxRows > 0, "maxRows: %d (expected: > 0)", maxRows);
        Check.argument(queueRows >= maxRows, "queueRows: %d (expected: >= maxRows, %d)", queueRows, maxRows);
        Check.argument(queueRows <= 1 << 24, "queueRows: %d (expected: <= %d)", queueRows, 1 << 24);
        Check.argument(maxDelayNanos >= 0, "maxDelayNanos: %d (expected: >= 0)", maxDelayNanos);
        Check.argument(priorities > 0, "priorities: %d (expected: > 0)", priorities);
        Check.argument(
                defaultPriority > 0 && defaultPriority <= priorities,
                "defaultPriority: %d (expected: 1..%d)",
                defaultPriority,
                priorities);
        Check.argument(queueTimeoutNanos >= 0, "queueTimeoutNanos: %d (expected: >= 0)", queueTimeoutNanos);
    }

    /// Plain batching: no delay, no priorities, no timeout.
    public static LaneSettings of(int maxRows, int queueRows) {
        return new LaneSettings(maxRows, queueRows, 0, 1, 1, 0);
    }

    int maxRequestRows() {
        long generous = Math.max((long) maxRows * MAX_BATCHES_PER_REQUEST, ALWAYS_ALLOWED_ROWS);
        return (int) Math.min(generous, queueRows);
    }
}
