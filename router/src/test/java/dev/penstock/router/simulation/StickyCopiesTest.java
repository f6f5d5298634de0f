package dev.penstock.router.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.monitor.statistics.BernoulliSequence;
import dev.penstock.router.arms.GroupSums;
import dev.penstock.router.rollout.BanditSpec;
import dev.penstock.router.rollout.Candidate;
import dev.penstock.router.rollout.Compared;
import dev.penstock.router.rollout.EvidenceJudge;
import dev.penstock.router.rollout.MetricSpec;
import dev.penstock.router.rollout.Mode;
import dev.penstock.router.rollout.Otherwise;
import dev.penstock.router.rollout.RolloutMachine;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.rollout.Rules;
import dev.penstock.router.rollout.StepSpec;
import dev.penstock.router.rollout.Strategy;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What becomes of candidates that get copies of a crowd whose units stay as they are: how often the judge
/// that servers have says that too many fail, at any minute of half an hour. What may fail is what fails of
/// such crowds on average, so that any claim of a candidate that is the same is a false one.
/// `-Dcanaries=10000` has the table made of a tenth as many.
class StickyCopiesTest {
    private static final int CANARIES = Math.max(120, Integer.getInteger("canaries", 200) / 10);
    private static final int MINUTES = 30;
    private static final int COPIES = 1_000;
    private static final double ALPHA = 0.05;

    /// One in twenty fails a fifth, the others one in five hundred.
    private static final double USUAL = 0.05 * 0.2 + 0.95 * 0.002;

    /// A tenth of what errors may cost is for copies.
    private static final Rules RULES = new Rules(
            10 * ALPHA,
            Mode.ROLLBACK,
            Duration.ofSeconds(30),
            500,
            Duration.ofHours(24),
            Otherwise.HOLD,
            Otherwise.HOLD,
            USUAL,
            Rules.STANDARD.inspectFor());

    private static final RolloutSpec SPEC = new RolloutSpec(
            "route",
            "stable",
            List.of(new Candidate("canary", "model", 2)),
            Strategy.SHADOW,
            List.of(StepSpec.shadow(StepSpec.ALL, Duration.ofHours(12))),
            List.of(MetricSpec.Errors.STANDARD),
            RULES,
            BanditSpec.STANDARD);

    /// What is kept of one candidate.
    private record Latched(boolean byRollout, boolean byEachCopy) {}

    /// How many of all candidates were said to fail too often.
    private record Claimed(int byRollouts, int byEachCopy) {
        static Claimed of(double errors) {
            int byRollouts = 0;
            int byEachCopy = 0;
            List<Latched> all = Seeds.each(CANARIES, i -> {
                One one = new One(new Draws(11_000_000 + i), errors);
                one.run();
                return new Latched(one.state.latched(), one.eachCopy);
            });
            for (Latched one : all) {
                byRollouts += one.byRollout ? 1 : 0;
                byEachCopy += one.byEachCopy ? 1 : 0;
            }
            return new Claimed(byRollouts, byEachCopy);
        }

        void print(String what) {
            System.out.printf(
                    Locale.ROOT,
                    "copies of a crowd, %-14s %5.1f %% by rollouts, %5.1f %% by each copy%n",
                    what,
                    100.0 * byRollouts / CANARIES,
                    100.0 * byEachCopy / CANARIES);
        }
    }

    @Test
    void aUnitThatFailsAgainAndAgainIsOneUnit() {
        Claimed same = Claimed.of(1);
        Claimed thrice = Claimed.of(3);
        same.print("the same");
        thrice.print("3 x the errors");

        assertThat((double) same.byRollouts / CANARIES).as("the same").isLessThanOrEqualTo(ALPHA);
        assertThat((double) same.byEachCopy / CANARIES)
                .as("the same, each copy for itself")
                .isGreaterThan(2 * ALPHA);
        assertThat((double) thrice.byRollouts / CANARIES).as("3 x the errors").isGreaterThan(0.6);
    }

    /// One candidate.
    private static final class One {
        private final RolloutMachine machine = new RolloutMachine(new EvidenceJudge());
        private final Crowd crowd;
        private final double errors;
        private RolloutState state = RolloutState.pending(SPEC, 0);
        private long failed;
        private boolean eachCopy;

        /// @param errors how many times as often as usual it fails
        One(Draws draws, double errors) {
            crowd = new Crowd(draws);
            this.errors = errors;
        }

        void run() {
            for (int settling = 0; settling < 6; settling++) {
                tick(Compared.NONE);
            }
            for (int minute = 1; minute <= MINUTES; minute++) {
                if (!state.latched()) {
                    Compared copies = copies();
                    failed += copies.failed();
                    tick(copies);
                    long all = (long) minute * COPIES;
                    eachCopy |= BernoulliSequence.of(failed, all, ALPHA).lower() > USUAL;
                }
            }
        }

        private void tick(Compared copies) {
            long nowMillis = state.tickMillis() + Duration.ofSeconds(10).toMillis();
            state = machine.tick(SPEC, state, WholeRollout.seen(Map.of(), copies), nowMillis)
                    .state();
        }

        private Compared copies() {
            long[] ran = new long[GroupSums.GROUPS];
            double[] fails = new double[GroupSums.GROUPS];
            int all = 0;
            for (int i = 0; i < COPIES; i++) {
                int unit = crowd.next();
                ran[crowd.group(unit)]++;
                if (crowd.fails(unit, errors)) {
                    fails[crowd.group(unit)]++;
                    all++;
                }
            }
            return new Compared(COPIES - all, 0, all, GroupSums.EMPTY, new GroupSums(ran, fails, fails));
        }
    }
}
