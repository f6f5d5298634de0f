package dev.penstock.router.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/// Stakes on parts are worth as much as they cost if the candidate fails as often as is allowed.
final class StakedBetsTest {
    private static final double MARGIN = 1.25;
    private static final int FAILURES = 6;
    private static final Pool POOL = new Pool(1000, 9000);

    private static FailureBets part(long canary, long all) {
        return FailureBets.worse(PairCounts.none(1).plus(POOL, canary, all - canary), MARGIN);
    }

    private static double[] chances() {
        double odds = POOL.odds() * MARGIN;
        double canary = odds / (1 + odds);
        double[] chances = new double[FAILURES + 1];
        double ways = 1;
        for (int of = 0; of <= FAILURES; of++) {
            chances[of] = ways * Math.pow(canary, of) * Math.pow(1 - canary, FAILURES - of);
            ways = ways * (FAILURES - of) / (of + 1);
        }
        return chances;
    }

    @Test
    void theyAreWorthOneOnAverage() {
        double[] chances = chances();
        double mean = 0;
        for (int first = 0; first <= FAILURES; first++) {
            for (int second = 0; second <= FAILURES; second++) {
                for (int third = 0; third <= FAILURES; third++) {
                    StakedBets staked = StakedBets.NONE
                            .then(part(first, FAILURES))
                            .then(part(second, FAILURES))
                            .then(part(third, FAILURES));
                    mean += chances[first] * chances[second] * chances[third] * Math.exp(staked.logE());
                }
            }
        }
        assertThat(mean).isEqualTo(1, within(1e-9));
    }

    @Test
    void whatIsSaidByTheLastPartIsNotLostByThoseBefore() {
        StakedBets same = StakedBets.NONE;
        FailureBets pooled = FailureBets.none();
        for (int i = 0; i < 20; i++) {
            same = same.then(part(10, 100));
            pooled = pooled.plus(part(10, 100));
        }
        FailureBets worse = part(60, 150);

        assertThat(pooled.plus(worse).logEvidence()).isNegative();
        assertThat(same.then(worse).logE()).isGreaterThan(worse.logEvidence() - Math.log(21 * 22) - 1e-9);
    }

    @Test
    void aPartWithoutFailuresIsNone() {
        assertThat(StakedBets.NONE.then(part(0, 0))).isEqualTo(StakedBets.NONE);
        assertThat(StakedBets.NONE.logE()).isZero();
    }
}
