package dev.penstock.router.evidence;

/// What [FailureBets] have come to for a better who keeps part of his money for each of the coming parts of
/// a time, as with [Staked]: each of the bets gets 1 / (i (i + 1)) of it when the i-th part begins. Whoever
/// fails no more often costs all bets that are left in, and without a new stake there would be nothing left
/// when he begins to. Immutable.
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
        double number = (double) parts + 1;
        return new StakedBets(bets.staked(-Math.log(number * (number + 1))).plus(part), parts + 1);
    }

    /// ln of all, with what is kept for the parts to come.
    public double logE() {
        return Combined.logSum(bets.logEvidence(), -Math.log((double) parts + 1));
    }
}
