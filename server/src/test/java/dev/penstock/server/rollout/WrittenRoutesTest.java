package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.router.rollout.Command;
import dev.penstock.router.rollout.OutOfPlace;
import dev.penstock.router.rollout.Wish;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.Target;
import dev.penstock.server.routing.RouteJson;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// What rollouts write to routes and aliases, and what they leave alone.
final class WrittenRoutesTest {
    @TempDir
    private Path folder;

    private RolloutWorld world;

    @BeforeEach
    void open() throws IOException {
        world = new RolloutWorld(folder);
    }

    @AfterEach
    void close() {
        world.close();
    }

    private String start(String route, String candidate) {
        String text = """
                {"route": "%s", "candidate": "%s", "settle": "1s", "metrics": [{"type": "errors"}],
                 "steps": [{"weight": "50%%", "minDuration": "1h"}]}""".formatted(route, candidate);
        return world.rollouts
                .start(RolloutJson.read(JsonMapper.shared().readTree(text), RolloutJson.USUAL_CONTROL), "me")
                .id();
    }

    private void act(String id, Command command) {
        assertThat(world.rollouts.act(id, new Wish(command, "ana", "")).id()).isEqualTo(id);
    }

    private String promoted(String route) {
        String id = world.analysed(route);
        act(id, Command.PROMOTE);
        world.tick(2);
        assertThat(world.recorded(id).phase()).isEqualTo("completed");
        return id;
    }

    private void refused(String id) {
        for (Command command : Command.values()) {
            assertThatThrownBy(() -> world.rollouts.act(id, new Wish(command, "ana", "")))
                    .isInstanceOf(OutOfPlace.class)
                    .hasMessageContaining("completed");
        }
    }

    @Test
    void whoIsToldThatARolloutIsOverChangesNoDefaultArm() {
        String id = promoted("lookup");
        RouteSpec later = world.spec("lookup").withStandard(ArmSpec.of("stable", "lookup", 3));
        world.put(later);
        world.tick(1);

        refused(id);
        world.tick(3);

        assertThat(world.spec("lookup")).isEqualTo(later);
        assertThat(world.rollouts.status()).isEmpty();
    }

    @Test
    void whoIsToldThatARolloutIsOverTakesNothingFromTheNext() {
        String first = promoted("lookup");
        String second = start("lookup", "lookup@3");
        world.tick(6);
        RouteSpec dealt = world.spec("lookup");
        assertThat(dealt.rollout()).isEqualTo(second);
        assertThat(dealt.candidate("canary").orElseThrow().weight()).isEqualTo(5000);

        refused(first);
        world.tick(1);

        assertThat(world.store.routes().route("lookup").orElseThrow().spec()).isEqualTo(recordedSpec(dealt));
        assertThat(world.rollouts.status()).extracting(RolloutView::id).containsExactly(second);
        world.tick(3);
        assertThat(world.spec("lookup")).isEqualTo(dealt);
    }

    private static String recordedSpec(RouteSpec spec) {
        return RouteJson.write(spec).toString();
    }

    /// An alias of one model cannot stand for a version of another.
    @Test
    void aPromotedVersionOfAnotherModelIsTheDefaultArmItself() throws IOException {
        world.register(folder, "trees", 1);
        world.register(folder, "trees", 2);
        world.promoteAlias("stable", 1);
        world.promoteAlias("trees", "stable", 2);
        world.put(RouteSpec.of("lookup", new ArmSpec("stable", Target.alias("lookup", "stable"))));
        String id = start("lookup", "trees@1");
        world.tick(6);

        act(id, Command.PROMOTE);
        world.tick(3);

        assertThat(world.recorded(id).phase()).isEqualTo("completed");
        assertThat(world.spec("lookup").standard()).isEqualTo(ArmSpec.of("stable", "trees", 1));
        assertThat(world.alias("trees", "stable")).isEqualTo(2);
        assertThat(world.alias("lookup", "stable")).isEqualTo(1);
    }

    /// Its version is gone just before the alias is to stand for it.
    private String promotingInVain() {
        world.promoteAlias("stable", 1);
        String id = world.start("lookup", Target.alias("lookup", "stable"));
        world.tick(6);
        act(id, Command.PROMOTE);
        world.delete(2);
        world.tick(3);
        assertThat(world.recorded(id).phase()).isEqualTo("promoting");
        assertThat(world.rollouts.one(id).waitsFor()).contains("version 2 of 'lookup' is not registered");
        assertThat(world.spec("lookup").candidate("canary").orElseThrow().weight())
                .isEqualTo(5000);
        return id;
    }

    private void isTakenBack(String id, String reason) {
        assertThat(world.recorded(id).phase()).isEqualTo("rolled-back");
        assertThat(world.rollouts.one(id).state().reason()).isEqualTo(reason);
        assertThat(world.stable()).isEqualTo(1);
        assertThat(world.spec("lookup").standard().target()).isEqualTo(Target.alias("lookup", "stable"));
        assertThat(world.spec("lookup").candidate("canary").orElseThrow().weight())
                .isZero();
        assertThat(world.published.held("lookup")).isEmpty();
    }

    @Test
    void whoCannotBePromotedIsAborted() {
        String id = promotingInVain();

        act(id, Command.ABORT);
        assertThat(world.published.held("lookup")).containsExactly("canary");
        world.tick(2);

        isTakenBack(id, "manual");
    }

    @Test
    void whoCannotBePromotedIsAbortedAlsoWhileTheRecordIsAway() {
        String id = promotingInVain();
        world.records.readable = false;
        world.records.writable = false;

        assertThatThrownBy(() -> act(id, Command.ABORT)).hasMessageContaining("gets no requests on this server");
        world.tick(10);
        assertThat(world.published.held("lookup")).containsExactly("canary");
        world.records.readable = true;
        world.records.writable = true;
        world.tick(8);

        isTakenBack(id, "manual");
    }

    @Test
    void whoCannotBePromotedIsTakenBackByAGuard() {
        String id = promotingInVain();

        world.trip("lookup");
        world.tick(2);

        isTakenBack(id, "guard");
    }

    @Test
    void whoCannotBePromotedIsTakenBackByTheGuardOfAServerThatDoesNotDrive() {
        String id = promotingInVain();
        RolloutWorld other = world.beside("there");
        try {
            tick(world, other, 6);
            assertThat(world.recorded(id).phase()).isEqualTo("promoting");

            other.trip("lookup");
            tick(world, other, 16);

            isTakenBack(id, "guard");
            assertThat(world.rollouts.one(id).owner()).isEqualTo("here");
        } finally {
            other.rollouts.close();
        }
    }

    /// It is promoted with the next tick of who drives it.
    @Test
    void aGuardElsewhereTakesNobodyBackWhoIsBeingPromoted() {
        world.promoteAlias("stable", 1);
        String id = world.start("lookup", Target.alias("lookup", "stable"));
        RolloutWorld other = world.beside("there");
        try {
            tick(world, other, 6);
            other.trip("lookup");
            act(id, Command.PROMOTE);
            other.tick(1);
            tick(world, other, 4);

            assertThat(world.recorded(id).phase()).isEqualTo("completed");
        } finally {
            other.rollouts.close();
        }
    }

    @Test
    void whoCannotBePromotedIsTakenBackInTheEnd() {
        String id = promotingInVain();

        world.tick(55);
        assertThat(world.recorded(id).phase()).isEqualTo("promoting");
        world.tick(10);

        isTakenBack(id, "not-promoted");
        assertThat(world.rollouts.one(id).state().detail()).contains("version 2 of 'lookup' is not registered");
    }

    @Test
    void whoseAliasHasMovedIsAbortedNoMore() {
        world.promoteAlias("stable", 1);
        String id = world.start("lookup", Target.alias("lookup", "stable"));
        world.tick(6);
        act(id, Command.PROMOTE);
        world.tick(1);
        assertThat(world.stable()).isEqualTo(2);
        assertThat(world.recorded(id).phase()).isEqualTo("promoting");

        assertThatThrownBy(() -> act(id, Command.ABORT)).isInstanceOf(OutOfPlace.class);
        world.tick(2);

        assertThat(world.recorded(id).phase()).isEqualTo("completed");
    }

    /// It knows nothing of what others said of the candidate, and asks no gates.
    @Test
    void whoDoesNotDriveTakesNoStepWhateverItsGuardFinds() {
        String id = world.start("lookup", Target.version("lookup", 1), """
                {"route": "lookup", "candidate": "lookup@2", "settle": "1s", "minRequests": 50, "mode": "observe",
                 "metrics": [{"type": "errors"}],
                 "steps": [{"weight": "50%", "minDuration": "8s", "require": "none"}, {"weight": "95%", "for": "1h"}]}""");
        RolloutWorld other = world.beside("there");
        try {
            tick(world, other, 6);
            world.serve("lookup", 100, 0);
            world.models.loading.add(2L);
            tick(world, other, 8);
            assertThat(world.rollouts.one(id).waitsFor()).contains("lookup@2");

            other.trip("lookup");
            tick(world, other, 3);

            assertThat(world.spec("lookup").candidate("canary").orElseThrow().weight())
                    .isEqualTo(5000);
            assertThat(world.store.routes().events(id, 0, 100).toString()).containsOnlyOnce("would-roll-back");
            world.models.loading.clear();
            tick(world, other, 2);
            assertThat(world.spec("lookup").candidate("canary").orElseThrow().weight())
                    .isEqualTo(9500);
        } finally {
            other.rollouts.close();
        }
    }

    private static void tick(RolloutWorld driver, RolloutWorld other, int seconds) {
        for (int i = 0; i < seconds; i++) {
            driver.tick(1);
            other.tick(1);
        }
    }
}
