package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ServingException;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.routing.Expected;
import dev.penstock.server.routing.RouteJson;
import dev.penstock.server.store.RouteRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a server makes of routes and rollouts in its record that one of a newer release has written.
final class NewerReleaseTest {
    private static final RouteSpec ROUTE = RouteSpec.of("lookup", ArmSpec.of("stable", "lookup", 1))
            .withCandidates(List.of(new CandidateSpec(ArmSpec.of("beta", "lookup", 3), 1_000, 5_000)));

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
}
