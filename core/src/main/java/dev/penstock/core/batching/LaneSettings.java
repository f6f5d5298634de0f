package dev.penstock.core.batching;

import dev.penstock.core.Check;
import dev.penstock.core.QueueLevels;

/// How one version's requests are put together.
///
/// @param maxRows the most rows of one run
/// @param queueRows how many rows may wait in a level that does not say; rounded up to a power of two
/// @param maxDelayNanos how long a batch that is not full may wait for company though a worker is free; usually 0
/// @param levels how requests wait, by priority
/// @param crowdedRows the most rows of one run while one caller asks for most of what is asked for, beside others
public record LaneSettings(int maxRows, int queueRows, long maxDelayNanos, QueueLevels levels, int crowdedRows) {
    /// Requests with more rows than these are refused: one caller would own the queue.
    private static final int MAX_BATCHES_PER_REQUEST = 32;
    private static final int ALWAYS_ALLOWED_ROWS = 1024;

    public LaneSettings {
        Check.argument(maxRows > 0, "maxRows: %d (expected: > 0)", maxRows);
        Check.argument(queueRows >= maxRows, "queueRows: %d (expected: >= maxRows, %d)", queueRows, maxRows);
        Check.argument(
                crowdedRows > 0 && crowdedRows <= maxRows, "crowdedRows: %d (expected: 1..%d)", crowdedRows, maxRows);
        Check.argument(queueRows <= 1 << 24, "queueRows: %d (expected: <= %d)", queueRows, 1 << 24);
        Check.argument(maxDelayNanos >= 0, "maxDelayNanos: %d (expected: >= 0)", maxDelayNanos);
    }

    /// With runs as long whoever asks.
    public LaneSettings(int maxRows, int queueRows, long maxDelayNanos, QueueLevels levels) {
        this(maxRows, queueRows, maxDelayNanos, levels, maxRows);
    }

    /// Plain batching: no delay, no priorities, no timeout.
    public static LaneSettings of(int maxRows, int queueRows) {
        return new LaneSettings(maxRows, queueRows, 0, QueueLevels.ONE);
    }

    int maxRequestRows() {
        long most = Math.max((long) maxRows * MAX_BATCHES_PER_REQUEST, ALWAYS_ALLOWED_ROWS);
        for (int level = 0; level < levels.count(); level++) {
            most = Math.min(most, placesOf(level));
        }
        return (int) most;
    }

    /// Rows that there are places for. A level that lets fewer wait than one run takes has places for a run, so that a
    /// request of that size is taken when nothing waits.
    ///
    /// @param level from 0
    int placesOf(int level) {
        int rows = levels.policy(level).maxRows();
        return rows == 0 ? queueRows : Math.max(rows, maxRows);
    }
}
