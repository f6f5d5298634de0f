package dev.penstock.router.rollout;

import dev.penstock.core.LatencySnapshot;
import dev.penstock.router.arms.GroupSums;

/// How long runs of copies were, each held against the default arm's run of as many rows.
///
/// @param longer the logarithm of how many times as long the candidate's was, of each pair, by group of units
/// @param control how long the default arm's were
/// @param candidate for how long the candidate's had a processor
public record CopyRuns(GroupSums longer, LatencySnapshot control, LatencySnapshot candidate) {
    public static final CopyRuns NONE = new CopyRuns(GroupSums.EMPTY, LatencySnapshot.EMPTY, LatencySnapshot.EMPTY);

    /// Pairs of runs.
    public long pairs() {
        return longer.count();
    }

    CopyRuns plus(CopyRuns other) {
        return new CopyRuns(longer.plus(other.longer), control.plus(other.control), candidate.plus(other.candidate));
    }

    CopyRuns minus(CopyRuns earlier) {
        return new CopyRuns(
                longer.minus(earlier.longer), control.minus(earlier.control), candidate.minus(earlier.candidate));
    }
}
