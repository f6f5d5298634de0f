package dev.penstock.core;

/// How long requests of one priority level may wait for their run, and how many.
///
/// A deadline that a call brings along, such as gRPC's, counts whatever this says.
///
/// @param maxRows how many rows may wait; 0 for a limit of our own
/// @param timeoutNanos how long a request may wait that says nothing; 0 for as long as it takes
/// @param delaysLate whether a request that waited too long is run when nothing else of its level or a more
///     urgent one waits; else it is answered that it took too long
/// @param allowsOverride whether a request may say how long it waits, if that is shorter
public record QueuePolicy(int maxRows, long timeoutNanos, boolean delaysLate, boolean allowsOverride) {
    /// Of who says nothing: every request waits as long as it says itself.
    public static final QueuePolicy STANDARD = new QueuePolicy(0, 0, false, true);

    /// A longer timeout is as good as none; clocks are compared with it.
    public static final long LONGEST_TIMEOUT_NANOS = Long.MAX_VALUE / 4;

    public QueuePolicy {
        Check.argument(maxRows >= 0 && maxRows <= 1 << 24, "maxRows: %d (expected: 0..%d)", maxRows, 1 << 24);
        Check.argument(
                timeoutNanos >= 0 && timeoutNanos <= LONGEST_TIMEOUT_NANOS,
                "timeoutNanos: %d (expected: 0..%d)",
                timeoutNanos,
                LONGEST_TIMEOUT_NANOS);
    }

    /// When a request is answered that it took too long.
    ///
    /// @param ownNanos the call's deadline; [InferenceRequest#NO_DEADLINE] when there is none
    /// @param askedNanos how long the request wants to wait at most; 0 if it does not say
    /// @param nowNanos when it came
    public long deadlineNanos(long ownNanos, long askedNanos, long nowNanos) {
        long timeout = patienceNanos(askedNanos);
        if (delaysLate || timeout == 0) {
            return ownNanos;
        }
        long until = nowNanos + timeout;
        return ownNanos == InferenceRequest.NO_DEADLINE || until - ownNanos < 0 ? until : ownNanos;
    }

    /// When a request stands back for all that is on time; [InferenceRequest#NO_DEADLINE] for never.
    ///
    /// @param askedNanos how long the request wants to wait at most; 0 if it does not say
    /// @param nowNanos when it came
    public long lateNanos(long askedNanos, long nowNanos) {
        long timeout = patienceNanos(askedNanos);
        return delaysLate && timeout > 0 ? nowNanos + timeout : InferenceRequest.NO_DEADLINE;
    }

    private long patienceNanos(long askedNanos) {
        boolean shorter = timeoutNanos == 0 || askedNanos < timeoutNanos;
        return allowsOverride && askedNanos > 0 && shorter ? askedNanos : timeoutNanos;
    }
}
