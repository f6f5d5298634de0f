package dev.penstock.server.calls;

/// When what happened to a call, on the clock of the process; [#UNKNOWN] is what did not happen, or was not looked at.
///
/// @param startNanos its head had arrived
/// @param queuedNanos it was decoded and checked, and offered to its model
/// @param runNanos its run began
/// @param ranNanos the run ended
/// @param encodeNanos its answer began to be written
/// @param endNanos it was answered, or given up
public record CallTimes(
        long startNanos, long queuedNanos, long runNanos, long ranNanos, long encodeNanos, long endNanos) {
    public static final long UNKNOWN = Long.MIN_VALUE;

    private static final long NANOS_PER_MICRO = 1000;

    /// Whole microseconds from one time to a later one, -1 if either is not known.
    public static long micros(long fromNanos, long toNanos) {
        boolean known = fromNanos != UNKNOWN && toNanos != UNKNOWN;
        return known ? Math.max(0, toNanos - fromNanos) / NANOS_PER_MICRO : -1;
    }
}
