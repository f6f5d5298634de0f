package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.Target;
import dev.penstock.server.admin.RouteRecords;
import dev.penstock.server.routing.RouteJson;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.RolloutRecord;
import dev.penstock.server.store.RouteRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Whom a rollout compares with stays who it is.
class RolledAliasesTest extends RecordedTests {
    private static RolloutRecord rollout(long ticks, String phase) {
        return new RolloutRecord("m-3-1", "front", 0, ticks, phase, "here", "{}", "{}", Instant.EPOCH);
    }

    private static RolloutRecord put(RouteRecords records, RolloutRecord next) {
        return records.change(next, List.of(), Optional.empty(), "me", "rollout", "")
                .rollout();
    }

    private static void route(RouteRecords records, Target standard) {
        RouteSpec route = RouteSpec.of("front", new ArmSpec("stable", standard));
        var _ = records.put(RouteRecord.fresh("front", RouteJson.write(route).toString()), "me", "put", "");
    }

    private static long stable(RecordedRegistry running) {
        return RecordEdits.alias(running.admin.registered("m"), "stable").version();
    }

    @Test
    void anAliasThatARolloutComparesWithStaysUntilThatIsDecided() {
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE, "stable");
            running.register("m", 0, TWO, "champion");
            RouteRecords records = running.registry.routes();
            route(records, Target.alias("m", "stable"));
            RolloutRecord begun = put(records, rollout(0, "analyse"));

            assertThatThrownBy(() -> running.admin.promote("m", "stable", 2, "ann"))
                    .isInstanceOfSatisfying(
                            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ALREADY_EXISTS))
                    .hasMessageContaining("rollout 'm-3-1' compares with the default arm of route 'front'");
            assertThatThrownBy(() -> running.register("m", 0, THREE, "stable")).hasMessageContaining("rollout 'm-3-1'");
            assertThat(running.admin.registered("m").versions()).hasSize(2);
            assertThat(running.admin.promote("m", "stable", 1, "ann").version()).isEqualTo(1);
            assertThat(running.admin.promote("m", "champion", 1, "ann").version())
                    .isEqualTo(1);
            assertThat(stable(running)).isEqualTo(1);

            var _ = put(records, rollout(begun.ticks(), "promoting"));
            assertThat(running.admin.promoteFor("m-3-1", "m", "stable", 2).version())
                    .isEqualTo(2);
        }
    }

    /// It would be back where the rollout has it within a second, and whoever moved it would not know.
    @Test
    void whileARolloutPromotesOnlyThatMovesTheAlias() {
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE, "stable");
            running.register("m", 0, TWO, "champion");
            RouteRecords records = running.registry.routes();
            route(records, Target.alias("m", "stable"));
            RolloutRecord begun = put(records, rollout(0, "promoting"));

            assertThatThrownBy(() -> running.admin.promote("m", "stable", 2, "ann"))
                    .hasMessageContaining("rollout 'm-3-1'");
            assertThatThrownBy(() -> running.admin.promote("m", "stable", 2, RolloutRecord.actor("m-3-1")))
                    .as("who says that he is the rollout")
                    .hasMessageContaining("rollout 'm-3-1'");
            assertThat(stable(running)).isEqualTo(1);

            var _ = put(records, rollout(begun.ticks(), "rolling-back"));
            assertThatThrownBy(() -> running.admin.promoteFor("m-3-1", "m", "stable", 2))
                    .as("a server that does not know that it was aborted")
                    .hasMessageContaining("rollout 'm-3-1'");
            assertThat(running.admin.promote("m", "stable", 2, "ann").version()).isEqualTo(2);
        }
    }

    /// Another server takes the promotion back once it was looked at, and before the alias is written.
    @Test
    void whatIsTakenBackMeanwhileIsNotMovedAnyMore() {
        try (ModelStore store = world.store.get()) {
            SwitchedStore record = new SwitchedStore(store);
            world.store = () -> record;
            try (RecordedRegistry running = world.started()) {
                running.register("m", 0, ONE, "stable");
                running.register("m", 0, TWO, "champion");
                RouteRecords records = running.registry.routes();
                route(records, Target.alias("m", "stable"));
                RolloutRecord begun = put(records, rollout(0, "promoting"));
                record.meanwhile.set(() -> {
                    var _ = put(records, rollout(begun.ticks(), "rolling-back"));
                });

                assertThatThrownBy(() -> running.admin.promoteFor("m-3-1", "m", "stable", 2))
                        .isInstanceOfSatisfying(
                                ServingException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCode.ALREADY_EXISTS))
                        .hasMessageContaining("rollout 'm-3-1'");
                assertThat(stable(running)).isEqualTo(1);
            }
        }
    }

    @Test
    void whatIsOverPromotesNobody() {
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE, "stable");
            running.register("m", 0, TWO, "champion");
            RouteRecords records = running.registry.routes();
            route(records, Target.alias("m", "stable"));
            var _ = put(records, rollout(0, "rolled-back"));

            assertThatThrownBy(() -> running.admin.promoteFor("m-3-1", "m", "stable", 2))
                    .hasMessageContaining("rollout 'm-3-1'");
            assertThat(stable(running)).isEqualTo(1);
        }
    }

    @Test
    void neitherIsItTurnedBackMeanwhile() {
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE, "stable");
            running.register("m", 0, TWO, "stable");
            RouteRecords records = running.registry.routes();
            route(records, Target.alias("m", "stable"));
            RolloutRecord begun = put(records, rollout(0, "hold"));

            assertThatThrownBy(() -> running.admin.rollBack("m", "stable", "ann"))
                    .hasMessageContaining("rollout 'm-3-1'");
            assertThat(stable(running)).isEqualTo(2);

            var _ = put(records, rollout(begun.ticks(), "rolled-back"));
            assertThat(running.admin.rollBack("m", "stable", "ann").version()).isEqualTo(1);
        }
    }
}
