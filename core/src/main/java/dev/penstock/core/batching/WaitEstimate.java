package dev.penstock.core.batching;

/// Foretells when a request would have its answer, by how fast a lane was of late. Any thread asks.
///
/// @param workers how many may run the lane's rows at a time
/// @param pace of the lane, once it is known
/// @param serviceTime of its runs, for as long as its pace is not
record WaitEstimate(LaneSettings settings, int workers, Pace pace, ServiceTime serviceTime) {
    /// Of an estimated wait, the part that it may be wrong by.
    private static final int MARGIN = 4;

    /// Whether the rows that wait will take until the deadline or nearly so: a request that is let in and then too late
    /// has cost a place in the queue and its caller the time to ask elsewhere.
    ///
    /// @param ahead rows that go first
    boolean isTooLate(int ahead, int rows, long deadlineNanos, long nowNanos) {
        long atThisPace = pace.nanosFor(ahead);
        long waitNanos = atThisPace > 0 ? atThisPace : serviceTime.nanosFor(ahead) / workers;
        long runNanos = serviceTime.nanosFor(Math.min(ahead + rows, settings.maxRows()));
        return deadlineNanos - (nowNanos + waitNanos + waitNanos / MARGIN + runNanos) <= 0;
    }
}
