package dev.penstock.router.simulation;

import dev.penstock.router.evidence.FailureBets;
import dev.penstock.router.evidence.PairCounts;
import dev.penstock.router.evidence.Pool;
import dev.penstock.router.evidence.StakedBets;
import dev.penstock.router.rollout.PartLength;
import org.jspecify.annotations.Nullable;

/// Bets on failures as rollouts make them: anew with other shares, and each quarter of an hour.
final class StakedFailures {
    private final double margin;
    private StakedBets before = StakedBets.NONE;
    private PairCounts part = PairCounts.none(1);
    private @Nullable Pool pool;
    private int minutes;

    StakedFailures(double margin) {
        this.margin = margin;
    }

    void add(Minute minute) {
        if (!minute.pool().equals(pool) || minutes == PartLength.MINUTES) {
            before = now();
            part = PairCounts.none(1);
            pool = minute.pool();
            minutes = 0;
        }
        minutes++;
        part = part.plus(
                minute.pool(), minute.canary().failures(), minute.control().failures());
    }

    private StakedBets now() {
        return before.then(FailureBets.worse(part, margin));
    }

    double logE() {
        return now().logE();
    }
}
