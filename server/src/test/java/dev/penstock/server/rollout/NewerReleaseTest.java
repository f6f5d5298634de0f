package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.Command;
import dev.penstock.router.rollout.Wish;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.logging.CapturedLog;
import dev.penstock.server.routing.Expected;
import dev.penstock.server.routing.RouteJson;
import dev.penstock.server.store.RolloutRecord;
import dev.penstock.server.store.RouteRecord;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a server makes of routes and rollouts in its record that one of a newer release has written.
final class NewerReleaseTest extends RolloutTests {
    private static final RouteSpec ROUTE = RouteSpec.of("lookup", ArmSpec.of("stable", "lookup", 1))
            .withCandidates(List.of(new CandidateSpec(ArmSpec.of("beta", "lookup", 3), 1_000, 5_000)));

    private RouteRecord recorded() {
        return world.store.routes().route("lookup").orElseThrow();
    }

    private void newerWrites(Consumer<ObjectNode> edit) {
        ObjectNode route = (ObjectNode) RouteJson.tree(recorded().spec());
        edit.accept(route);
        var _ = world.records.put(recorded().with(route.toString(), false), "newer", "put route", "");
    }

    /// Arms have something that this release does not know.
    private void newerWritesArms() {
        newerWrites(route -> {
            ObjectNode beta = (ObjectNode) route.path("candidates").path(0);
            beta.put("weight", "20%").put("ramp", "slow");
        });
    }

    @Test
    void aRouteThatCannotBeReadIsServedAsItWasReadLast() {
        world.put(ROUTE);
        newerWritesArms();

        assertThat(world.routes.specs()).containsExactly(ROUTE);
        assertThat(world.routes.one("lookup").spec()).isEqualTo(ROUTE);
        assertThat(world.routes.one("lookup").problems())
                .anySatisfy(problem -> assertThat(problem).contains("is served as it was read last", "ramp"));
        assertThat(world.routes.all()).hasSize(1);
        newerWrites(route -> ((ObjectNode) route.path("candidates").path(0)).remove("ramp"));
        assertThat(world.routes.specs()).containsExactly(ROUTE.withWeight("beta", 2_000));
        assertThat(world.routes.one("lookup").problems()).isEmpty();
    }

    @Test
    void aRouteThatCannotBeReadIsNotWritten() {
        world.put(ROUTE);
        newerWritesArms();
        RouteRecord newer = recorded();
        Expected.Revision read = new Expected.Revision(newer.revision());

        assertThatThrownBy(() -> world.routes.put(ROUTE, read, false, "ana"))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("route 'lookup': what is recorded cannot be read");
        JsonNode patch = RouteJson.tree("{\"salt\": \"lookup/v2\"}");
        assertThatThrownBy(() -> world.routes.patch("lookup", patch, read, "ana"))
                .hasMessageContaining("what is recorded cannot be read");
        assertThat(recorded()).isEqualTo(newer);

        world.routes.delete("lookup", read, "ana");
        assertThat(world.routes.specs()).isEmpty();
    }

    @Test
    void whatOnlyANewerReleaseKnowsOfARouteStaysWhoeverWritesIt() {
        world.put(ROUTE.withWeight("beta", 0));
        newerWrites(route -> route.putObject("quota").put("perMinute", 60));
        Expected.Revision read = new Expected.Revision(recorded().revision());
        var _ = world.routes.put(ROUTE.withWeight("beta", 0).withSalt("lookup/v2"), read, false, "ana");
        assertThat(quota()).isEqualTo(60);

        String id = world.again("lookup");
        world.tick(6);
        assertThat(world.spec("lookup").candidate("canary").orElseThrow().weight())
                .isEqualTo(5_000);
        world.serve("lookup", 100, 40);
        world.tick(3);

        assertThat(world.recorded(id).phase()).isEqualTo("rolled-back");
        assertThat(quota()).isEqualTo(60);
    }

    private int quota() {
        return RouteJson.tree(recorded().spec()).at("/quota/perMinute").asInt();
    }

    @Test
    void whatOnlyANewerReleaseKnowsOfARolloutStaysWhoeverDrivesIt() {
        String id = world.analysed("lookup");
        RolloutRecord now = world.recorded(id);
        ObjectNode state = (ObjectNode) RouteJson.tree(now.state());
        state.putArray("toldOfLater").add("a word");
        assertThat(world.records.keep(now.with(state.toString()), List.of()).ticks())
                .isEqualTo(now.ticks() + 1);

        world.serve("lookup", 30, 0);
        world.tick(12);
        assertThat(world.recorded(id).ticks()).isGreaterThan(now.ticks() + 1);
        assertThat(toldOfLater(id)).isEqualTo("a word");
        world.serve("lookup", 100, 40);
        world.tick(3);

        assertThat(world.recorded(id).phase()).isEqualTo("rolled-back");
        assertThat(toldOfLater(id)).isEqualTo("a word");
    }

    private String toldOfLater(String id) {
        return RouteJson.tree(world.recorded(id).state()).at("/toldOfLater/0").asString("");
    }

    /// What is counted goes on: whoever does not know of it can neither go on with it nor leave it as it is.
    @ParameterizedTest
    @ValueSource(strings = {"/epochs/0", "/epochs/0/counts/canary", "/findings/0", "/past", "/past/part"})
    void whatOnlyANewerReleaseCountsIsNotWrittenOver(String within) {
        String id = world.analysed("lookup");
        world.serve("lookup", 30, 0);
        world.tick(12);
        RolloutRecord now = world.recorded(id);
        ObjectNode state = (ObjectNode) RouteJson.tree(now.state());
        state.putArray("findings").addObject().put("seq", 1).put("arm", "canary");
        state.putObject("past").putObject("part");
        ((ObjectNode) state.at(within)).put("ofLater", 3);
        RolloutRecord newer = world.records.keep(now.with(state.toString()), List.of());

        try (CapturedLog log = CapturedLog.of(Drives.class)) {
            world.serve("lookup", 100, 40);
            world.tick(30);

            assertThat(log.records())
                    .singleElement()
                    .satisfies(logged -> assertThat(logged.getParameters()[1])
                            .asString()
                            .contains("only a newer release knows what ", ".ofLater is"));
        }
        assertThat(world.recorded(id)).isEqualTo(newer);
        assertThatThrownBy(() -> world.rollouts.act(id, new Wish(Command.SKIP, "ana", "")))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("is left to servers of the release that wrote it");
    }

    @Test
    void whatOnlyANewerReleaseCountedOfOneThatIsOverIsNotWrittenOver() {
        String id = world.analysed("lookup");
        world.serve("lookup", 100, 40);
        world.tick(3);
        RolloutRecord over = world.recorded(id);
        assertThat(over.phase()).isEqualTo("rolled-back");
        ObjectNode state = (ObjectNode) RouteJson.tree(over.state());
        ((ObjectNode) state.at("/epochs/0")).put("ofLater", 3);
        RolloutRecord newer = world.records.keep(over.with(state.toString()), List.of());
        world.tick(3);

        assertThatThrownBy(() -> world.rollouts.act(id, new Wish(Command.ABORT, "ana", "")))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("is left to servers of the release that wrote it");
        assertThat(world.recorded(id)).isEqualTo(newer);
    }

    /// In a phase that this release has not got.
    private RolloutRecord newerDrives(String id) {
        RolloutRecord now = world.recorded(id);
        String state = now.state().replace("\"ANALYSE\"", "\"REHEARSE\"");
        RolloutRecord newer = new RolloutRecord(
                id, now.route(), now.revision(), now.ticks(), "rehearse", "newer", now.spec(), state, now.changed());
        return world.records
                .change(newer, List.of(), Optional.empty(), "newer", "rehearse", "")
                .rollout();
    }

    @Test
    void aRolloutThatCannotBeReadIsLeftToThoseWhoCan() {
        String id = world.analysed("lookup");
        RolloutRecord newer = newerDrives(id);
        try (CapturedLog log = CapturedLog.of(Drives.class)) {
            world.serve("lookup", 100, 40);
            world.tick(30);

            assertThat(log.messages()).hasSize(1);
        }
        assertThat(world.recorded(id)).isEqualTo(newer);
        assertThat(world.rollouts.status()).isEmpty();
        assertThat(world.published.held("lookup")).isEmpty();
        assertThat(world.spec("lookup").candidate("canary").orElseThrow().weight())
                .isEqualTo(5_000);
        assertThatThrownBy(() -> world.rollouts.act(id, new Wish(Command.ABORT, "ana", "")))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("rollout '" + id + "' cannot be read");
    }

    @Test
    void whatAPersonWantsIsRecordedAlsoWhereItsRouteCannotBeRead() {
        String id = world.analysed("lookup");
        newerWritesArms();
        RouteRecord newer = recorded();

        assertThat(world.rollouts
                        .act(id, new Wish(Command.ABORT, "ana", "it is late"))
                        .state()
                        .reason())
                .isEqualTo("manual");

        assertThat(world.recorded(id).phase()).isEqualTo("rolling-back");
        assertThat(world.published.held("lookup")).containsExactly("canary");
        world.tick(3);
        assertThat(world.recorded(id).phase())
                .as("whoever can read the route does it")
                .isEqualTo("rolling-back");
        assertThat(recorded()).isEqualTo(newer);
    }
}
