package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.arms.ArmObservers;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.registry.RecordedRegistry.World;
import dev.penstock.server.routing.Expected;
import dev.penstock.server.routing.PublishedRoutes;
import dev.penstock.server.routing.RouteAdmin;
import dev.penstock.server.routing.RouteRefusal;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.StoreException;
import dev.penstock.server.store.StoreSettings;
import dev.penstock.server.store.Stores;
import dev.penstock.server.store.TestPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Routes of servers that share a record, and of one whose record is away.
@Timeout(400)
class SharedRoutesTest {
    private static final RouteSpec ROUTE = RouteSpec.of("m", ArmSpec.of("stable", "m", 1))
            .withCandidates(List.of(new CandidateSpec(ArmSpec.of("canary", "m", 1), 100, 10_000)));

    @TempDir
    private Path root;

    private World world(String name, StoreSettings settings) {
        World world = new World(root.resolve(name));
        world.store = () -> Stores.open(settings);
        world.remote.putAll(Map.of("s3://m/1", RecordedRegistry.model(1)));
        return world;
    }

    private static RouteAdmin routes(RecordedRegistry of) {
        return RouteAdmin.start(
                of.registry.routes(), of.registry, new PublishedRoutes(of.registry::reroute, ArmObservers.NONE));
    }

    @Test
    void whatOneServerChangesIsPublishedByTheOther() {
        StoreSettings settings = TestPostgres.shared().newSchema();
        try (RecordedRegistry here = world("here", settings).started();
                RecordedRegistry there = world("there", settings).started()) {
            RouteAdmin mine = routes(here);
            RouteAdmin theirs = routes(there);
            assertThat(here.registerFrom("m", "s3://m/1").serving()).isTrue();
            there.await(() -> there.answers("m").equals("m/1"));

            long made = mine.put(ROUTE, new Expected.Absent(), false, "ann")
                    .recorded()
                    .revision();
            there.await(() -> theirs.specs().equals(List.of(ROUTE)));
            RouteSpec more = ROUTE.withWeight("canary", 500);
            assertThat(theirs.put(more, new Expected.Revision(made), false, "bob")
                            .recorded()
                            .by())
                    .isEqualTo("bob");
            assertThatThrownBy(() -> mine.put(ROUTE.withWeight("canary", 0), new Expected.Revision(made), false, "ann"))
                    .isInstanceOfSatisfying(
                            RouteRefusal.class, e -> assertThat(e.reason()).isEqualTo(RouteRefusal.Reason.STALE));
            here.await(() -> mine.specs().equals(List.of(more)));
            mine.delete("m", new Expected.Present(), "ann");
            there.await(() -> theirs.specs().isEmpty());
        }
    }

    @Test
    void aServerWithoutItsRecordServesRoutesAsItReadThemLast() {
        World world = world("alone", new StoreSettings.Sqlite(root.resolve("record.db")));
        world.elsewhere = true;
        try (RecordedRegistry running = world.started()) {
            assertThat(running.registerFrom("m", "s3://m/1").serving()).isTrue();
            routes(running).put(ROUTE, new Expected.Absent(), false, "ann");
            // Whatever is read next has it.
            assertThat(running.registerFrom("other", "s3://m/1").serving()).isTrue();
            Path file = world.data.resolve("last-read.json");
            running.await(() -> Files.exists(file) && read(file).contains("canary"));
        }
        Supplier<ModelStore> real = world.store;
        world.store = () -> {
            throw new StoreException(StoreException.Reason.UNAVAILABLE, "it is not there");
        };
        try (RecordedRegistry again = world.started()) {
            RouteAdmin routes = routes(again);
            again.await(() -> routes.specs().equals(List.of(ROUTE)));
            assertThatThrownBy(() -> routes.put(ROUTE.withWeight("canary", 0), new Expected.Present(), false, "ann"))
                    .isInstanceOfSatisfying(
                            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_READY));

            world.store = real;
            again.await(() -> removed(routes));
            assertThat(routes.specs()).isEmpty();
        }
    }

    private static boolean removed(RouteAdmin routes) {
        try {
            routes.delete("m", new Expected.Present(), "ann");
            return true;
        } catch (ServingException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.NOT_READY);
            return false;
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
