package dev.penstock.router.evidence;

/// What [FailureBets] have come to for a better who keeps part of his money for each of the coming parts of
/// a time, as with [Staked]: each of the bets gets one of the [Stakes] when a part begins. Whoever fails no
/// more often costs all bets that are left in, and without a new stake there would be nothing left when he
/// begins to. Immutable.
///
/// @param bets what the stakes have come to
/// @param parts so far
public record StakedBets(FailureBets bets, long parts) {
    public static final StakedBets NONE = new StakedBets(FailureBets.lost(), 0);

    /// One part more. One without failures says nothing, and costs nothing.
    ///
    /// @param part what bets on it alone have come to
    public StakedBets then(FailureBets part) {
        if (part.equals(FailureBets.none())) {
            return this;
        }
        return new StakedBets(bets.staked(Stakes.logNext(parts)).plus(part), parts + 1);
    }

    /// ln of all, with what is kept for the parts to come.
    public double logE() {
        return Combined.logSum(bets.logEvidence(), Stakes.logLeft(parts));
    }
}
