package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.router.arms.ArmKey;
import dev.penstock.router.arms.ArmName;
import dev.penstock.router.arms.ArmObserver;
import dev.penstock.router.arms.ArmVoice;
import dev.penstock.router.rollout.Command;
import dev.penstock.router.rollout.Epoch;
import dev.penstock.router.rollout.Wish;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.Target;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What is said after a restart of answers that were given before it, with a real record.
@SuppressWarnings("NullAway.Init")
final class RestartedLabelsTest extends RolloutTests {
    private static final String ROLLOUT = """
            {"route": "lookup", "candidate": "lookup@2", "settle": "1s", "minRequests": 50, "objective": "50%",
             "metrics": [{"type": "errors", "required": false}],
             "steps": [{"weight": "10%", "minDuration": "10s", "require": "none"},
                       {"weight": "50%", "minDuration": "1h", "require": "none"}]}""";

    /// As where its table is published.
    static void bind(RolloutWorld at) {
        bind(at, "lookup");
    }

    static void bind(RolloutWorld at, String route) {
        for (String arm : new String[] {"stable", "canary"}) {
            RouteSpec spec = at.spec(route);
            ModelKey target = new ModelKey("lookup", arm.equals("stable") ? 1 : 2);
            ArmObserver _ = at.traffic.ledgers.of(
                    new ArmKey(route, spec.salt(), spec.rollout(), spec.epoch(), arm, target), arm.equals("canary"));
        }
    }

    private static ArmVoice canary(RolloutWorld at, long minute, int weight) {
        return Objects.requireNonNull(
                at.traffic.ledgers.voice(ArmName.hash("lookup", "canary"), new ModelKey("lookup", 2), minute, weight));
    }

    private static long right(RolloutWorld at, String id, int weight) {
        return StateJson.read(at.recorded(id).state()).epochs().stream()
                .filter(epoch -> epoch.weight("canary") == weight)
                .map((Epoch epoch) -> epoch.counts("canary").right().count())
                .reduce(0L, Long::sum);
    }

    @Test
    void countUnderTheSharesOfThenWhicheverStepThatWas() {
        String id = world.start("lookup", Target.version("lookup", 1), ROLLOUT);
        world.tick(6);
        long tenth = world.minute();
        world.serve("lookup", 100, 0);
        world.tick(12);
        assertThat(world.spec("lookup").candidate("canary").orElseThrow().weight())
                .isEqualTo(5_000);
        world.serve("lookup", 100, 0);
        world.tick(10);
        long half = world.minute();
        world.rollouts.close();

        RolloutWorld again = world.beside("here");
        again.pass(300_000);
        bind(again);
        again.tick(2);
        canary(again, tenth, 1_000).label(3, true);
        canary(again, half, 5_000).label(4, true);
        canary(again, half, 5_000).label(5, false);
        again.tick(10);
        again.rollouts.close();

        assertThat(right(again, id, 1_000)).isEqualTo(1);
        assertThat(right(again, id, 5_000)).isEqualTo(2);
    }

    private static boolean isAwaited(RolloutWorld at, long loaded) {
        return at.traffic.ledgers.isAwaited(
                ArmName.hash("lookup", "stable"), at.minute(), key -> key.version() != loaded);
    }

    @Test
    void areAskedForOnceMoreWhileAnArmCannotBeSpokenOf() {
        String id = world.start("lookup", Target.version("lookup", 1), ROLLOUT);
        bind(world);
        world.tick(2);
        assertThat(isAwaited(world, 1)).as("nobody has a share yet").isFalse();
        world.tick(10);
        assertThat(isAwaited(world, 1)).isTrue();
        world.rollouts.close();

        RolloutWorld again = world.beside("here");
        bind(again);
        again.tick(1);
        assertThat(isAwaited(again, 1)).as("the candidate is loaded").isTrue();
        var _ = again.rollouts.act(id, new Wish(Command.ABORT, "ana", "it looks odd"));
        again.tick(8);
        assertThat(again.recorded(id).phase()).isEqualTo("rolled-back");
        assertThat(isAwaited(again, 1)).as("it is over").isFalse();
        again.rollouts.close();
    }
}
