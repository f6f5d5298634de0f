package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.rollout.Command;
import dev.penstock.router.rollout.Wish;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.Target;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Bandits with a real record, by the time that a test tells and rewards that it draws.
@SuppressWarnings("NullAway.Init")
final class BanditRolloutTest extends RolloutTests {
    private static final long SEED = 7;
    private static final int FLOOR = 500;
    private static final int MOST_STEP = 1_000;
    private static final int ROUNDS = 60;

    /// What an answer of each version is worth, on average.
    private static final Map<Integer, Double> WORTH = Map.of(1, 0.2, 2, 0.4, 3, 0.7);

    private static final String BANDIT = """
            {"route": "lookup", "candidates": [{"arm": "b", "version": "lookup@2"}, {"arm": "c", "version": "lookup@3"}],
             "strategy": "bandit", "settle": "1s", "metrics": [{"type": "errors"}],
             "bandit": {"policy": "%s", "floor": "5%%", "maxStep": "10%%", "updateInterval": "10s", "minFeedback": 100},
             "steps": [{"weight": "10%%", "minDuration": "1h", "require": "none"}]}""";

    private final Random random = new Random(SEED);

    /// As the route has them, by version.
    private Map<Integer, Integer> weights() {
        Map<Integer, Integer> weights = new HashMap<>();
        world.spec("lookup")
                .candidates()
                .forEach(candidate -> weights.put((int) candidate.arm().target().version(), candidate.weight()));
        weights.put(1, 10_000 - weights.getOrDefault(2, 0) - weights.getOrDefault(3, 0));
        return weights;
    }

    private void reward(int answers) {
        weights().forEach((version, weight) -> {
            String arm = version == 1 ? "stable" : version == 2 ? "b" : "c";
            for (int i = 0; i < answers * weight / 10_000; i++) {
                double reward = random.nextDouble() < WORTH.getOrDefault(version, 0.0) ? 1 : 0;
                world.reward("lookup", arm, version, random.nextInt(64), reward);
            }
        });
    }

    @ParameterizedTest
    @CsvSource({"thompson, 9000", "epsilonGreedy, 8400", "ucb1, 5000"})
    void sharesGoToTheBestArmAndTheOthersKeepTheirFloor(String policy, int least) {
        String id = world.start("lookup", Target.version("lookup", 1), BANDIT.formatted(policy));
        world.tick(6);
        Map<Integer, Integer> before = weights();
        int ofBest = 0;
        for (int round = 0; round < ROUNDS; round++) {
            reward(600);
            world.tick(10);
            Map<Integer, Integer> now = weights();
            Map<Integer, Integer> was = before;
            now.forEach((version, weight) -> {
                assertThat(weight).as("%d of seed %d", version, SEED).isGreaterThanOrEqualTo(FLOOR);
                assertThat(Math.abs(weight - was.getOrDefault(version, 0))).isLessThanOrEqualTo(MOST_STEP + 1);
            });
            before = now;
            ofBest += round < ROUNDS / 2 ? 0 : now.getOrDefault(3, 0);
        }

        assertThat(ofBest / (ROUNDS / 2)).as("of seed %d: %s", SEED, before).isGreaterThanOrEqualTo(least);
        assertThat(world.recorded(id).phase()).as("nobody is promoted").isEqualTo("analyse");
        assertThat(world.store.routes().events(id, 0, 1_000).toString())
                .contains("\"kind\":\"reweighted\"", "\"reason\":\"shares\"", "% (was ");
    }

    @Test
    void sharesAreEvenUntilEachArmHasItsFeedbackAndStayWhileItIsPaused() {
        String id = world.start("lookup", Target.version("lookup", 1), BANDIT.formatted("thompson"));
        world.tick(6);
        for (int i = 0; i < 99; i++) {
            world.reward("lookup", "c", 3, i % 64, 1);
            world.reward("lookup", "stable", 1, i % 64, 0);
        }
        world.tick(80);
        assertThat(weights().values()).allMatch(weight -> weight >= 3333 && weight <= 3334);

        var _ = world.rollouts.act(id, new Wish(Command.PAUSE, "me", ""));
        reward(3_000);
        world.tick(30);
        assertThat(weights().values()).allMatch(weight -> weight >= 3333 && weight <= 3334);
    }

    /// A fifth of the best arm's requests hang until their callers give up, which is after the next shares.
    @Test
    void anArmThatHangsForLongerThanSharesStayIsFound() {
        String id = world.start("lookup", Target.version("lookup", 1), BANDIT.formatted("thompson"));
        world.tick(6);
        for (int round = 0; round < 7; round++) {
            reward(600);
            RouteSpec before = world.spec("lookup");
            Map<Integer, Integer> dealt = weights();
            int ofC = dealt.getOrDefault(3, 0) / 20;
            world.end(before, "stable", 1, dealt.getOrDefault(1, 0) / 20, 0);
            world.end(before, "b", 2, dealt.getOrDefault(2, 0) / 20, 0);
            world.end(before, "c", 3, ofC - ofC / 5, 0);
            world.tick(11);
            world.end(before, "c", 3, ofC / 5, ofC / 5);
            world.tick(1);
        }

        assertThat(world.recorded(id).phase()).isEqualTo("analyse");
        assertThat(weights().getOrDefault(3, 0)).as("of seed %d", SEED).isZero();
    }

    /// Each restart would move shares by another 10 %.
    @Test
    void aRestartDealsNoSoonerThanTheIntervalSays() {
        String id = world.start(
                "lookup",
                Target.version("lookup", 1),
                BANDIT.formatted("epsilonGreedy").replace("10s", "10m"));
        world.tick(6);
        reward(3_000);
        world.tick(6);
        Map<Integer, Integer> dealt = weights();

        for (int i = 0; i < 3; i++) {
            RolloutWorld again = world.beside("here");
            again.tick(3);
            again.rollouts.close();
            world.pass(3_000);
        }
        assertThat(weights()).isEqualTo(dealt);

        RolloutWorld again = world.beside("here");
        for (int i = 0; i < 60; i++) {
            again.pass(9_000);
            again.tick(1);
        }
        again.rollouts.close();
        assertThat(weights().getOrDefault(3, 0)).isGreaterThan(dealt.getOrDefault(3, 0));
        assertThat(world.store.routes().events(id, 0, 1_000))
                .filteredOn(event -> event.event().contains("\"kind\":\"reweighted\""))
                .hasSize(2);
    }

    /// Half of the candidate's answers are worth twenty, the others nothing; those of the default arm always
    /// nearly one.
    @Test
    void noRewardCountsForMoreThanOne() {
        String id = world.start("lookup", Target.version("lookup", 1), BANDIT.formatted("thompson"));
        world.tick(6);
        for (int round = 0; round < 10; round++) {
            for (int i = 0; i < 200; i++) {
                world.reward("lookup", "c", 3, i % 64, i % 2 == 0 ? 20 : 0);
                world.reward("lookup", "b", 2, i % 64, 0.1);
                world.reward("lookup", "stable", 1, i % 64, 0.9);
            }
            world.tick(10);
        }

        // But for what is rounded: half of the groups of units say one, the others nothing.
        assertThat(weights().getOrDefault(3, 0)).isBetween(FLOOR, FLOOR + 1);
        assertThat(world.recorded(id).phase()).isEqualTo("analyse");
    }
}
