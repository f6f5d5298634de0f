package dev.penstock.router.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.evidence.FailureBets;
import dev.penstock.router.evidence.PairCounts;
import dev.penstock.router.evidence.Pool;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/// A bandit's arm that fails exactly as much more often as is allowed, for four weeks, with other shares every
/// eight minutes: what is bet has to go on where the counts are forgotten. As many failures are remembered as
/// rollouts remember, which deal new shares every minute.
class LongBanditTest {
    private static final int ARMS = 60;
    private static final int EPOCHS = 5_040;
    private static final int KEPT = 16;
    private static final int LOOK = 4;
    private static final double FAILURES = 80;
    private static final double MARGIN = 1.25;
    private static final double ENOUGH = Math.log(20);

    /// Each chance of being wrong is 0.05; three standard deviations more.
    private static final double MOST = 0.05 + 3 * Math.sqrt(0.05 * 0.95 / ARMS);

    @Test
    void whoIsAtTheMarginForWeeksStaysIfNothingIsBetAnew() {
        int carried = 0;
        int anew = 0;
        for (int arm = 0; arm < ARMS; arm++) {
            Run run = new Run(new Draws(31_000_000L + arm), MARGIN);
            carried += run.carried ? 1 : 0;
            anew += run.anew ? 1 : 0;
        }
        System.out.printf(
                Locale.ROOT,
                "%nat the margin for four weeks, %d arms: refuted %d, bets that begin anew %d%n",
                ARMS,
                carried,
                anew);
        assertThat((double) carried / ARMS).as("what was bet is kept").isLessThanOrEqualTo(MOST);
        assertThat((double) anew / ARMS)
                .as("bets of what is remembered only")
                .isGreaterThan(MOST);
    }

    @Test
    void whoIsAboveTheMarginIsFound() {
        int found = 0;
        for (int arm = 0; arm < 20; arm++) {
            found += new Run(new Draws(32_000_000L + arm), 1.4).carried ? 1 : 0;
        }
        assertThat(found).isGreaterThan(18);
    }

    /// One arm.
    private static final class Run {
        private boolean carried;
        private boolean anew;

        /// @param factor how many times as often it fails
        Run(Draws draws, double factor) {
            FailureBets all = FailureBets.none();
            Deque<FailureBets> kept = new ArrayDeque<>();
            for (int epoch = 0; epoch < EPOCHS; epoch++) {
                int share = 1_000 + draws.below(4_000);
                Pool pool = new Pool(share, 10_000 - share);
                long canary = draws.poisson(factor * FAILURES * pool.share());
                long control = draws.poisson(FAILURES * (1 - pool.share()));
                FailureBets now = FailureBets.worse(PairCounts.none(1).plus(pool, canary, control), MARGIN);
                all = all.plus(now);
                kept.add(now);
                if (kept.size() > KEPT) {
                    kept.remove();
                }
                if (epoch % LOOK == 0) {
                    carried |= all.logEvidence() >= ENOUGH;
                    anew |= sum(kept).logEvidence() >= ENOUGH;
                }
            }
        }

        private static FailureBets sum(Collection<FailureBets> kept) {
            return kept.stream().reduce(FailureBets.none(), FailureBets::plus);
        }
    }
}
