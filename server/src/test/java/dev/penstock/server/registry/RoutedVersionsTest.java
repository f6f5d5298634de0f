package dev.penstock.server.registry;

import static dev.penstock.server.registry.RecordedRegistry.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.arms.ArmObservers;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.ShadowSpec;
import dev.penstock.router.split.Target;
import dev.penstock.server.routing.Expected;
import dev.penstock.server.routing.PublishedRoutes;
import dev.penstock.server.routing.RouteAdmin;
import dev.penstock.server.store.RouteRecord;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What arms of routes stand for is not taken away from them.
class RoutedVersionsTest extends RecordedTests {
    private static RouteAdmin routes(RecordedRegistry of) {
        return RouteAdmin.start(
                of.registry.routes(), of.registry, new PublishedRoutes(of.registry::reroute, ArmObservers.NONE));
    }

    private static RouteSpec front(Target target) {
        return RouteSpec.of("front", new ArmSpec("stable", target));
    }

    @Test
    void whatAnArmNamesStaysInMemoryWhateverThePolicySays() {
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE);
            RouteAdmin routes = routes(running);
            routes.put(front(Target.version("m", 1)), new Expected.Absent(), false, "ann");
            running.register("m", 0, TWO);
            assertThat(running.ready("m")).containsExactly(1L, 2L);
            running.register("m", 0, THREE);
            assertThat(running.ready("m")).containsExactly(1L, 3L);
        }
        try (RecordedRegistry again = world.started()) {
            again.await(() -> again.ready("m").equals(List.of(1L, 3L)));
            RouteAdmin routes = routes(again);
            again.await(() -> routes.specs().size() == 1);

            routes.delete("front", new Expected.Present(), "ann");
            again.await(() -> again.ready("m").equals(List.of(3L)));
        }
    }

    /// Servers of that release serve it.
    @Test
    void whatAnArmStandsForStaysAlsoWhereANewerReleaseWroteTheRoute() {
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE);
            String newer =
                    "{\"name\": \"front\", \"default\": {\"arm\": \"stable\", \"target\": \"m@1\", \"warm\": true}}";
            var _ = running.registry.routes().put(RouteRecord.fresh("front", newer), "newer", "put", "");
            running.register("m", 0, TWO);

            assertThat(running.ready("m")).containsExactly(1L, 2L);
            assertRefused(
                    () -> running.admin.delete("m", 1, "me"),
                    "INVALID_ARGUMENT",
                    "arm 'stable' of route 'front' stands for it");
        }
    }

    /// As a server would that has not heard of it yet.
    @Test
    void whoeverNamesWhatWasDeletedIsRefusedByTheRecord() {
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE);
            running.register("m", 0, TWO);
            running.admin.delete("m", 1, "me");

            RouteRecord late = RouteRecord.fresh("front", "{\"name\": \"front\", \"default\": \"m@1\"}");
            assertRefused(
                    () -> running.registry.routes().put(late, "ann", "put route", ""),
                    "INVALID_ARGUMENT",
                    "route 'front': arm 'default': m@1 is deleted");
        }
    }

    @Test
    void whatAnArmStandsForIsNeitherUnloadedNorDeleted() {
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE);
            running.register("n", 0, ONE, "champion");
            running.register("open", 0, ONE);
            RouteAdmin routes = routes(running);
            routes.put(
                    front(Target.version("m", 1))
                            .withCandidates(List.of(
                                    new CandidateSpec(new ArmSpec("canary", Target.alias("n", "champion")), 0, 100)))
                            .withShadows(
                                    List.of(new ShadowSpec(new ArmSpec("dark", Target.standard("open")), 10_000, 0))),
                    new Expected.Absent(),
                    false,
                    "ann");

            String stable = "arm 'stable' of route 'front' stands for it";
            assertRefused(() -> running.admin.setWanted("m", 1, false, "me"), "INVALID_ARGUMENT", stable);
            assertRefused(() -> running.admin.delete("m", 1, "me"), "INVALID_ARGUMENT", stable);
            assertRefused(() -> running.admin.delete("m", 0, "me"), "INVALID_ARGUMENT", stable);
            assertRefused(
                    () -> running.admin.dropAlias("n", "champion", "me"),
                    "INVALID_ARGUMENT",
                    "alias 'champion' of model 'n': arm 'canary' of route 'front'");
            assertRefused(
                    () -> running.admin.delete("open", 1, "me"),
                    "INVALID_ARGUMENT",
                    "version 1 of model 'open': arm 'dark' of route 'front'");
            // Another one may answer then.
            running.register("open", 0, TWO);
            running.admin.delete("open", 1, "me");
            assertRefused(() -> running.admin.delete("open", 2, "me"), "INVALID_ARGUMENT", "arm 'dark'");

            routes.delete("front", new Expected.Present(), "ann");
            running.admin.delete("m", 0, "me");
            running.admin.dropAlias("n", "champion", "me");
            running.admin.delete("open", 0, "me");
            running.await(() -> running.registry.model("m") == null);
        }
    }
}
