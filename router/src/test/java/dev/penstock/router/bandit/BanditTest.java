package dev.penstock.router.bandit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.monitor.Fixtures;
import dev.penstock.monitor.Fixtures.Row;
import dev.penstock.router.bandit.BanditPolicy.EpsilonGreedy;
import dev.penstock.router.bandit.BanditPolicy.Thompson;
import dev.penstock.router.bandit.BanditPolicy.UpperConfidence;
import dev.penstock.router.evidence.AsymptoticSequence;
import dev.penstock.router.evidence.JackknifeSums;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BanditTest {
    private static final BanditPolicy THOMPSON = new Thompson();

    @Test
    void chancesToBeTheBestAreThoseOfSciPy() {
        for (Row row : Fixtures.read("best-arms")) {
            List<Posterior> arms = new ArrayList<>();
            double[] means = row.numbers("means");
            for (int i = 0; i < means.length; i++) {
                arms.add(new Posterior(means[i], row.numbers("deviations")[i]));
            }
            double[] expected = row.numbers("best");
            double[] actual = BestChances.of(arms);
            for (int i = 0; i < actual.length; i++) {
                assertThat(actual[i]).as("%s, arm %d", row, i).isEqualTo(expected[i], within(2e-5));
            }
        }
    }

    /// Of two normal laws it is the chance that their difference is above 0.
    @Test
    void chancesOfMeans() {
        double[] chances = BestChances.of(List.of(new Posterior(1, 3), new Posterior(2, 4)));
        assertThat(chances[1]).isEqualTo(0.579259709439103, within(2e-5));
        double[] apart = BestChances.of(List.of(new Posterior(0, 1e-6), new Posterior(1, 1e-3)));
        assertThat(apart[1]).isEqualTo(1, within(1e-12));
    }

    @Test
    void weightsAreWholeAndKeepFloorsAndSteps() {
        SplittableRandom random = new SplittableRandom(3);
        List<BanditPolicy> policies = List.of(THOMPSON, new EpsilonGreedy(0.1), new UpperConfidence());
        for (int round = 0; round < 200; round++) {
            Bandit bandit = Bandit.of(policies.get(round % policies.size()));
            int arms = 2 + random.nextInt(6);
            int[] weights = Bandit.even(arms);
            List<RewardSums> sums = new ArrayList<>();
            for (int i = 0; i < arms; i++) {
                long trials = 90L + random.nextInt(400);
                sums.add(rewards(trials, random.nextLong(trials + 1)));
            }
            for (int step = 0; step < 12; step++) {
                int[] next = bandit.next(sums, weights);
                assertThat(Arrays.stream(next).sum()).isEqualTo(10_000);
                for (int i = 0; i < arms; i++) {
                    assertThat(next[i]).isGreaterThanOrEqualTo(Bandit.DEFAULT_FLOOR);
                    assertThat(Math.abs(next[i] - weights[i])).isLessThanOrEqualTo(Bandit.DEFAULT_MAX_STEP);
                }
                weights = next;
            }
            assertThat(bandit.next(sums, weights)).as("where it has come to").isEqualTo(weights);
        }
    }

    @Test
    void theBetterArmGetsAllButTheFloors() {
        List<RewardSums> arms = List.of(rewards(5_000, 500), rewards(5_000, 900), rewards(5_000, 510));
        for (BanditPolicy policy : List.of(THOMPSON, new UpperConfidence(), new EpsilonGreedy(0))) {
            assertThat(settled(Bandit.of(policy), arms)).as("%s", policy).containsExactly(500, 9_000, 500);
        }
        assertThat(settled(Bandit.of(new EpsilonGreedy(0.3)), arms)).containsExactly(1_350, 7_300, 1_350);
    }

    @Test
    void nobodyEarnsMoreBeforeAllHaveEnough() {
        List<RewardSums> arms = List.of(rewards(99, 0), rewards(100_000, 99_000));
        Bandit bandit = Bandit.of(THOMPSON);
        assertThat(bandit.next(arms, new int[] {5_000, 5_000})).containsExactly(5_000, 5_000);
        assertThat(bandit.next(arms, new int[] {9_000, 1_000})).containsExactly(8_000, 2_000);
        List<RewardSums> enough = List.of(rewards(100, 0), rewards(100_000, 99_000));
        assertThat(bandit.next(enough, new int[] {5_000, 5_000})).containsExactly(4_000, 6_000);
    }

    @Test
    void upperConfidenceTriesWhatIsLittleKnown() {
        List<RewardSums> arms = List.of(rewards(100_000, 50_000), rewards(120, 55));
        assertThat(settled(Bandit.of(new UpperConfidence()), arms)).containsExactly(500, 9_500);
        assertThat(settled(Bandit.of(new EpsilonGreedy(0)), arms)).containsExactly(9_500, 500);
    }

    /// Three arms of 10 %, 12 % and 16 %: the best one has most of the traffic after 200 updates.
    @Test
    void theBestOfThree() {
        double[] worth = {0.10, 0.12, 0.16};
        for (int seed = 0; seed < 3; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            long[] asked = new long[3];
            long[] earned = new long[3];
            Bandit bandit = Bandit.of(THOMPSON);
            int[] weights = Bandit.even(3);
            for (int update = 0; update < 200; update++) {
                for (int request = 0; request < 150; request++) {
                    int bucket = random.nextInt(10_000);
                    int arm = bucket < weights[0] ? 0 : bucket < weights[0] + weights[1] ? 1 : 2;
                    asked[arm]++;
                    earned[arm] += random.nextDouble() < worth[arm] ? 1 : 0;
                }
                List<RewardSums> arms = List.of(
                        rewards(asked[0], earned[0]), rewards(asked[1], earned[1]), rewards(asked[2], earned[2]));
                weights = bandit.next(arms, weights);
            }
            assertThat(weights[2])
                    .as("seed %s: %s", seed, Arrays.toString(weights))
                    .isGreaterThan(8_000);
        }
    }

    /// What each arm would have earned alone, from traffic that was divided 80 to 20 at one time and 50 to 50
    /// at another, when rewards were twice as high: the plain means of what was seen have that wrong.
    @Test
    void rewardsOfAnArmThatHadLittle() {
        SplittableRandom random = new SplittableRandom(17);
        OffPolicyRewards second = OffPolicyRewards.none();
        double seen = 0;
        long count = 0;
        for (double chance : new double[] {0.2, 0.5}) {
            long[] all = new long[JackknifeSums.GROUPS];
            JackknifeSums told = JackknifeSums.none();
            for (int i = 0; i < 20_000; i++) {
                int group = random.nextInt(JackknifeSums.GROUPS);
                boolean chosen = random.nextDouble() < chance;
                all[group]++;
                double worth = (chance == 0.2 ? 0.2 : 0.4) + 0.1;
                told = chosen ? told.plus(group, random.nextDouble() < worth ? 1 : 0) : told;
            }
            second = second.plus(chance, told, all);
            seen += told.mean() * (double) told.total();
            count += told.total();
        }
        assertThat(seen / (double) count).isGreaterThan(0.42);
        for (AsymptoticSequence estimate : List.of(second.inversePropensity(0.05), second.selfNormalised(0.05))) {
            assertThat(estimate.estimate()).isEqualTo(0.4, within(0.02));
            assertThat(estimate.lower()).isLessThan(0.4).isGreaterThan(0.3);
            assertThat(estimate.upper()).isGreaterThan(0.4).isLessThan(0.5);
        }
        assertThat(second.selfNormalised(0.05).halfWidth())
                .isLessThan(second.inversePropensity(0.05).halfWidth());
        assertThat(OffPolicyRewards.none().selfNormalised(0.05).isInsufficient())
                .isTrue();
    }

    /// One in ten units gives as many as all others, and always the same.
    @Test
    void rewardsOfUnitsThatGiveManyTellLess() {
        SplittableRandom random = new SplittableRandom(5);
        double ofEach = 0;
        double ofMany = 0;
        for (int round = 0; round < 20; round++) {
            JackknifeSums each = JackknifeSums.none();
            JackknifeSums many = JackknifeSums.none();
            for (int unit = 0; unit < 640; unit++) {
                int group = random.nextInt(JackknifeSums.GROUPS);
                double worth = random.nextInt(2);
                each = each.plus(group, worth);
                for (int i = unit % 10 == 0 ? 9 : 0; i >= 0; i--) {
                    many = many.plus(group, worth);
                }
            }
            double sum = Arrays.stream(many.sums()).sum();
            ofEach += UnitSpread.none()
                            .plus(0.5, each, Arrays.stream(each.sums()).sum())
                            .factor()
                    / 20;
            ofMany += UnitSpread.none().plus(0.25, many, sum).factor() / 20;
        }
        // 64 units give 10 each and 576 give 1: (64 * 100 + 576) / 1216.
        assertThat(ofMany).isEqualTo(5.74, within(1.0));
        assertThat(ofEach).isEqualTo(1, within(0.25));
        RewardSums even = new WeighedRewards(100, 400, 1_600, 200, 200).even(4);
        assertThat(even).isEqualTo(new RewardSums(100, 25, 12.5, 12.5));
    }

    @Test
    void whereAllIsOfOneGroupItIsAsOneReward() {
        JackknifeSums one = JackknifeSums.none();
        for (int i = 0; i < 100; i++) {
            one = one.plus(7, i % 2);
        }
        assertThat(UnitSpread.none().plus(0.5, one, 50).factor()).isEqualTo(100, within(1e-9));
        assertThat(UnitSpread.none().factor()).isEqualTo(1);
        JackknifeSums same = one.plus(8, 1);
        assertThat(UnitSpread.none()
                        .plus(1, JackknifeSums.none().plus(1, 1).plus(2, 1), 2)
                        .factor())
                .as("all the same")
                .isEqualTo(1);
        assertThat(UnitSpread.none().plus(1, same, 51).factor()).isGreaterThanOrEqualTo(1);
    }

    @Test
    void weightsThatAreNoneAreRefused() {
        List<RewardSums> arms = List.of(RewardSums.none(), RewardSums.none());
        Bandit bandit = Bandit.of(THOMPSON);
        for (int[] wrong : new int[][] {{5_000, 4_999}, {-1, 10_001}, {10_000}, {}}) {
            assertThatIllegalArgumentException().isThrownBy(() -> bandit.next(arms, wrong));
        }
        assertThat(Bandit.even(3)).containsExactly(3_333, 3_333, 3_334);
    }

    private static int[] settled(Bandit bandit, List<RewardSums> arms) {
        int[] weights = Bandit.even(arms.size());
        for (int i = 0; i < 20; i++) {
            weights = bandit.next(arms, weights);
        }
        return weights;
    }

    private static RewardSums rewards(long trials, long successes) {
        return new RewardSums(trials, trials, successes, successes);
    }
}
