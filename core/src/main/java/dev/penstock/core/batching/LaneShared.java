package dev.penstock.core.batching;

import dev.penstock.core.RunObserver;

/// What the lanes of one model have in common.
///
/// @param stats where all of them count
/// @param waiting bounds what waits in all of them
/// @param runs sees every run
record LaneShared(LaneStats stats, QueueBytes waiting, RunObserver runs) {
    /// Nobody sees the runs.
    LaneShared(LaneStats stats, QueueBytes waiting) {
        this(stats, waiting, RunObserver.NOBODY);
    }

    /// Of a lane that is the only one, without a bound on bytes.
    static LaneShared alone() {
        return new LaneShared(new LaneStats(), QueueBytes.unbounded());
    }
}
