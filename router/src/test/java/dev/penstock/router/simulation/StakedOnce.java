package dev.penstock.router.simulation;

import dev.penstock.router.evidence.FailureBets;
import dev.penstock.router.evidence.PairCounts;
import dev.penstock.router.evidence.Pool;
import dev.penstock.router.evidence.StakedBets;
import dev.penstock.router.rollout.PartLength;

/// Bets on what is counted once, as rollouts make them: by the shares that were dealt and by those of the
/// requests that came, anew each quarter of an hour. Counts are of the canary and of its control.
final class StakedOnce {
    private static final double MARGIN = 1.25;

    private final Pool pool;
    private StakedBets dealt = StakedBets.NONE;
    private StakedBets asked = StakedBets.NONE;
    private long[] failedBefore = new long[2];
    private long[] askedBefore = new long[2];

    StakedOnce(Pool pool) {
        this.pool = pool;
    }

    /// @param minute with which these end, from 1 on
    double logWorse(int minute, long[] failedOnce, long[] askedOnce) {
        StakedBets byDealt = dealt.then(part(pool, failedOnce));
        long ofCanary = askedOnce[0] - askedBefore[0];
        long ofControl = askedOnce[1] - askedBefore[1];
        StakedBets byAsked =
                ofCanary > 0 && ofControl > 0 ? asked.then(part(Pool.of(ofCanary, ofControl), failedOnce)) : asked;
        if (minute % PartLength.MINUTES == 0) {
            dealt = byDealt;
            asked = byAsked;
            failedBefore = failedOnce.clone();
            askedBefore = askedOnce.clone();
        }
        return Math.min(byDealt.logE(), byAsked.logE());
    }

    private FailureBets part(Pool shares, long[] failedOnce) {
        PairCounts failures =
                PairCounts.none(1).plus(shares, failedOnce[0] - failedBefore[0], failedOnce[1] - failedBefore[1]);
        return FailureBets.worse(failures, MARGIN);
    }
}
