package dev.penstock.core.batching;

/// Foretells when a request would have its answer, by how fast a lane was of late. Any thread asks.
///
/// @param workers how many may run the lane's rows at a time
/// @param pace of the lane, once it is known
/// @param serviceTime of its runs, for as long as its pace is not
record WaitEstimate(LaneSettings settings, int workers, Pace pace, ServiceTime serviceTime) {
    /// Of an estimated wait, the part that it may be wrong by.
    private static final int MARGIN = 4;

    /// Whether a request would still wait when it may no longer, or have its answer too late, or nearly so: one that is
    /// let in and then late has cost a place in the queue and its caller the time to ask elsewhere.
    ///
    /// @param ahead rows that go first
    /// @param mayWaitUntilNanos when it is to run at the latest, its own deadline or before
    /// @param deadlineNanos when its caller wants the answer; [Lane#NO_DEADLINE] for whenever
    boolean isTooLate(int ahead, int rows, long mayWaitUntilNanos, long deadlineNanos, long nowNanos) {
        long atThisPace = pace.nanosFor(ahead);
        long estimated = atThisPace > 0 ? atThisPace : serviceTime.nanosFor(ahead) / workers;
        long beginNanos = nowNanos + estimated + estimated / MARGIN;
        if (ahead > 0 && mayWaitUntilNanos - beginNanos <= 0) {
            return true;
        }
        long runNanos = serviceTime.nanosFor(Math.min(ahead + rows, settings.maxRows()));
        return deadlineNanos != Lane.NO_DEADLINE && deadlineNanos - (beginNanos + runNanos) <= 0;
    }
}
