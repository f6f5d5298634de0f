package dev.penstock.server.memory;

/// How long to leave alone what failed. Pure.
public final class BackOff {
    private static final long FIRST_NANOS = 1_000_000_000;
    private static final int MOST_DOUBLINGS = 6;

    private BackOff() {}

    /// A second after the first failure, then twice as long after each, up to about a minute.
    ///
    /// @param failures in a row, at least one
    public static long afterNanos(int failures) {
        return FIRST_NANOS << Math.clamp(failures - 1, 0, MOST_DOUBLINGS);
    }
}
