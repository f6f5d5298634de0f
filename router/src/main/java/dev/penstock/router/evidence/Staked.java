package dev.penstock.router.evidence;

/// What a better has who keeps part of his money for each of the coming steps, stakes it when that step
/// begins, see [Stakes], and leaves it in from then on: so an arm that changes in a late step is found by what
/// that step says, and what lasts is found by all steps together. Steps that get no more data are told by two
/// numbers, however many they are. Immutable.
///
/// @param logStaked ln of what the stakes have come to
/// @param steps so far
public record Staked(double logStaked, long steps) {
    public static final Staked NONE = new Staked(Double.NEGATIVE_INFINITY, 0);

    /// One step more.
    ///
    /// @param logE of its own data alone
    public Staked then(double logE) {
        return new Staked(logE + Combined.logSum(logStaked, Stakes.logNext(steps)), steps + 1);
    }

    /// ln of all, with what is kept for the steps to come.
    public double logE() {
        return Combined.logSum(logStaked, Stakes.logLeft(steps));
    }
}
