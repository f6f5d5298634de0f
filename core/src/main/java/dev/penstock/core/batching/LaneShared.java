package dev.penstock.core.batching;

/// What the lanes of one model have in common.
///
/// @param stats where all of them count
/// @param waiting bounds what waits in all of them
record LaneShared(LaneStats stats, QueueBytes waiting) {
    /// Of a lane that is the only one, without a bound on bytes.
    static LaneShared alone() {
        return new LaneShared(new LaneStats(), QueueBytes.unbounded());
    }
}
