package dev.penstock.core.batching;

/// How fast the rows of a lane leave it while more wait: time from one seal to the next, by what the first took.
///
/// It knows what the time of a run does not: what else the processors do between runs, such as reading the requests
/// that wait, and how many workers the lane really has. While nothing waits it knows nothing.
///
/// Whoever may seal writes, one at a time; any thread reads.
final class Pace {
    /// What was so long ago counts half; long enough for the turns that threads take on one processor, short enough to
    /// follow a machine that becomes slower within the patience of who waits.
    private static final double HALF_LIFE_NANOS = 50e6;

    private volatile double nanosPerRow;

    private long sealedNanos;
    private int sealedRows;
    private double recentNanos;
    private double recentRows;

    /// @param rows that were taken out
    /// @param rest whether others still wait
    void sealed(int rows, boolean rest, long nowNanos) {
        if (sealedRows > 0) {
            add(sealedRows, nowNanos - sealedNanos);
        }
        sealedNanos = nowNanos;
        sealedRows = rest ? rows : 0;
        if (!rest && nanosPerRow != 0) {
            recentNanos = 0;
            recentRows = 0;
            nanosPerRow = 0;
        }
    }

    private void add(int rows, long nanos) {
        double kept = HALF_LIFE_NANOS / (HALF_LIFE_NANOS + nanos);
        recentNanos = recentNanos * kept + nanos;
        recentRows = recentRows * kept + rows;
        nanosPerRow = recentNanos / recentRows;
    }

    /// 0 when it is not known.
    long nanosFor(int rows) {
        return (long) (rows * nanosPerRow);
    }
}
