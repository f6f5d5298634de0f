package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.router.arms.ArmName;
import dev.penstock.router.arms.GroupSums;
import dev.penstock.router.split.Target;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What one caller can do by a reward, with a real record.
@SuppressWarnings("NullAway.Init")
final class RewardBoundsTest extends RolloutTests {
    private void reward(String arm, int version, int group, double reward) {
        Objects.requireNonNull(world.traffic.ledgers.voice(
                        ArmName.hash("lookup", arm), new ModelKey("lookup", version), world.minute(), 5_000))
                .reward(group, reward);
    }

    /// Answers of the candidate are worth half as much as those of the default arm; one is said to be worth a
    /// million.
    private String afterAHugeReward(String bounds) {
        String id = world.start("lookup", Target.version("lookup", 1), """
                {"route": "lookup", "candidate": "lookup@2", "settle": "1s", "minRequests": 50, "objective": "50%%",
                 "metrics": [{"type": "reward", "margin": 0.05%s}],
                 "steps": [{"weight": "50%%", "minDuration": "1h", "require": "none"}]}""".formatted(bounds));
        world.tick(6);
        RestartedLabelsTest.bind(world);
        for (int i = 0; i < 40 * GroupSums.GROUPS; i++) {
            reward("stable", 1, i % GroupSums.GROUPS, 0.7 + 0.2 * (i % 2));
            reward("canary", 2, i % GroupSums.GROUPS, 0.3 + 0.2 * (i % 2));
        }
        reward("canary", 2, 3, 1e6);
        world.tick(10);
        return id;
    }

    @Test
    void whereRewardsHaveBoundsOneOfThemCannotBlind() {
        String id = afterAHugeReward(", \"min\": 0, \"max\": 1");

        assertThat(world.recorded(id).phase()).isEqualTo("rolled-back");
        assertThat(world.store.routes().events(id, 0, 1_000).toString())
                .contains("1 rewards were beyond 0.0..1.0 and counted for the nearer of these");
    }

    @Test
    void whereTheyHaveNoneOneOfThemSaysMoreThanAllOthers() {
        assertThat(world.recorded(afterAHugeReward("")).phase()).isEqualTo("analyse");
    }
}
