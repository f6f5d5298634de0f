package dev.penstock.server.shadow;

/// How many rows the next run of one shadow's copies may have. Confined to one thread.
///
/// No copy is run twice, so of a run that failed nobody knows who was to blame, or how many. After one, copies
/// run each by itself until enough of them did well: of a shadow that fails often, failures are counted one by
/// one, and of one that fails seldom a failed run had most likely one that is to blame.
final class BatchPace {
    /// One run of so many is timed, with as many rows as the primary's had: batches of other sizes tell
    /// nothing of each other.
    private static final int TIMED = 16;

    /// Runs of one copy each, after the last that failed.
    private static final int WARY = 1_024;

    private int runs;
    private int waryRuns;

    /// Counts a run that is made now.
    ///
    /// @param rows of its first copy
    /// @param primaryRows of the primary's run of that; 0 if nobody knows
    /// @return whether it is to be as large as that was
    boolean isTimed(int rows, int primaryRows) {
        runs = (runs + 1) % TIMED;
        return runs == 0 && primaryRows >= rows;
    }

    /// Whether each run is of one copy.
    boolean isWary() {
        return waryRuns > 0;
    }

    /// @param most that the shadow takes
    int mostRows(int rows, int primaryRows, boolean timed, int most) {
        if (isWary()) {
            return rows;
        }
        return timed ? Math.min(most, primaryRows) : most;
    }

    void ranWell() {
        waryRuns = Math.max(0, waryRuns - 1);
    }

    void failed() {
        waryRuns = WARY;
    }
}
