package dev.penstock.router.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.bandit.Bandit;
import dev.penstock.router.bandit.BanditPolicy;
import dev.penstock.router.bandit.RewardSums;
import dev.penstock.router.bandit.UnitSpread;
import dev.penstock.router.bandit.WeighedRewards;
import dev.penstock.router.evidence.JackknifeSums;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/// A bandit of two arms (Thompson) whose units stay with their arm: few of them give most of the rewards, and
/// each has rewards of its own. 300 rewards between two deals, 120 deals. Rewards taken for independent, as
/// they were, and as units spread.
final class StickyBanditTest {
    private static final int BANDITS = 100;
    private static final int DEALS = 120;
    private static final int REWARDS = 300;

    /// Of which an arm that is the same has no more by chance than by a claim.
    private static final int MUCH = 9_000;

    private static final Bandit BANDIT = Bandit.of(new BanditPolicy.Thompson());

    /// What became of one, or of many.
    ///
    /// @param claimed of these the share in which either arm ever got much
    /// @param half the second arm's mean share after half of the deals
    /// @param end the same after all
    private record Outcome(double claimed, double half, double end) {}

    @Test
    void unitsThatGiveManyRewardsDoNotDecideWhoGetsMost() {
        Outcome alone = outcome(0, true, false);
        Outcome independent = outcome(0, false, true);
        Outcome spread = outcome(0, true, true);
        Outcome better = outcome(0.1, false, true);
        Outcome betterBySpread = outcome(0.1, true, true);
        System.out.printf("the same, each reward of another unit: %s%n", alone);
        System.out.printf("the same: rewards each for itself %s, as units spread %s%n", independent, spread);
        System.out.printf("0.05 better: rewards each for itself %s, as units spread %s%n", better, betterBySpread);

        assertThat(spread.claimed()).isLessThan(independent.claimed() / 2);
        assertThat(betterBySpread.end()).isGreaterThan(0.75);
    }

    private static Outcome outcome(double more, boolean bySpread, boolean sticky) {
        List<Outcome> all = Seeds.each(BANDITS, seed -> one(seed, more, bySpread, sticky));
        return new Outcome(mean(all, Outcome::claimed), mean(all, Outcome::half), mean(all, Outcome::end));
    }

    private static double mean(List<Outcome> all, ToDoubleFunction<Outcome> of) {
        return all.stream().mapToDouble(of).average().orElseThrow();
    }

    private static Outcome one(int seed, double more, boolean bySpread, boolean sticky) {
        Run run = new Run(seed, more, sticky);
        boolean much = false;
        double half = 0;
        for (int deal = 0; deal < DEALS; deal++) {
            run.reward();
            run.deal(bySpread);
            much |= Arrays.stream(run.weights).anyMatch(weight -> weight >= MUCH);
            half = deal == DEALS / 2 ? run.weights[1] / 1e4 : half;
        }
        return new Outcome(much ? 1 : 0, half, run.weights[1] / 1e4);
    }

    /// One bandit and its crowd.
    private static final class Run {
        private final Draws draws;
        private final Crowd crowd;
        private final double more;
        private final boolean sticky;
        private final int[] weights = {5_000, 5_000};
        private final WeighedRewards[] earned = {WeighedRewards.NONE, WeighedRewards.NONE};
        private final UnitSpread[] spread = {UnitSpread.none(), UnitSpread.none()};

        Run(long seed, double more, boolean sticky) {
            draws = new Draws(seed);
            crowd = new Crowd(draws);
            this.more = more;
            this.sticky = sticky;
        }

        /// Under shares that stay meanwhile.
        void reward() {
            long[][] counts = new long[2][JackknifeSums.GROUPS];
            double[][] sums = new double[2][JackknifeSums.GROUPS];
            for (int i = 0; i < REWARDS; i++) {
                int unit = crowd.next();
                int bucket = sticky ? crowd.bucket(unit) : draws.below(Bandit.ALL);
                int group = sticky ? crowd.group(unit) : draws.below(JackknifeSums.GROUPS);
                int reward = sticky ? crowd.reward(unit) : draws.below(2);
                int arm = bucket < weights[0] ? 0 : 1;
                counts[arm][group]++;
                boolean oneMore = arm == 1 && draws.uniform() < more;
                sums[arm][group] += reward == 1 || oneMore ? 1 : 0;
            }
            for (int arm = 0; arm < 2; arm++) {
                double chance = weights[arm] / 1e4;
                JackknifeSums told = JackknifeSums.of(counts[arm], sums[arm]);
                double sum = Arrays.stream(sums[arm]).sum();
                earned[arm] = earned[arm].plus(WeighedRewards.of(chance, told.total(), sum, sum));
                spread[arm] = spread[arm].plus(chance, told, sum);
            }
        }

        void deal(boolean bySpread) {
            int[] next = BANDIT.next(List.of(known(0, bySpread), known(1, bySpread)), weights);
            System.arraycopy(next, 0, weights, 0, next.length);
        }

        private RewardSums known(int arm, boolean bySpread) {
            return earned[arm].even(bySpread ? spread[arm].factor() : 1);
        }
    }
}
