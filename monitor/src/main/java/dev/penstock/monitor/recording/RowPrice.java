package dev.penstock.monitor.recording;

/// What recording a row takes one thread, in nanoseconds: some of the runs of which it recorded rows are timed,
/// and each counts less the longer it is ago. Written by that thread; any other reads.
final class RowPrice {
    /// A run in so many is timed, and none before: cold ones tell nothing. A power of two.
    static final int TIMED_EVERY = 256;

    /// Of the first runs that are timed the best one counts.
    private static final int FIRST = 4;

    private static final double NEWEST_PART = 0.125;

    /// What takes longer was held up by something else, or will be seen again.
    private static final double MOST_TIMES = 4;

    // Writer only.
    private long runs;
    private int timed;

    private volatile double nanos;
    private volatile long rows;

    /// A run comes of which rows are recorded.
    ///
    /// @return whether it is to be timed
    boolean next() {
        return (++runs & (TIMED_EVERY - 1)) == 0;
    }

    /// @param recorded at least 1
    void took(long runNanos, int recorded) {
        double ofRow = (double) runNanos / (double) recorded;
        double known = nanos;
        if (timed < FIRST) {
            nanos = timed == 0 ? ofRow : Math.min(known, ofRow);
            timed++;
        } else {
            nanos = known + NEWEST_PART * (Math.min(ofRow, MOST_TIMES * known) - known);
        }
        long more = rows + recorded;
        rows = more;
    }

    /// Of a row; 0 before that is known.
    double nanos() {
        return nanos;
    }

    /// How many rows were recorded in runs that were timed.
    long rows() {
        return rows;
    }
}
