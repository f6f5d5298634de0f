package dev.penstock.core.batching;

/// How long a row takes, smoothed over the latest runs. Any worker records; any thread reads; a lost update is no
/// harm.
final class ServiceTime {
    private static final double SMOOTHING = 0.1;

    private volatile double nanosPerRow;

    void ran(int rows, long nanos) {
        double measured = (double) nanos / rows;
        double before = nanosPerRow;
        nanosPerRow = before == 0 ? measured : before + SMOOTHING * (measured - before);
    }

    /// 0 until something ran.
    long nanosFor(int rows) {
        return (long) (rows * nanosPerRow);
    }
}
