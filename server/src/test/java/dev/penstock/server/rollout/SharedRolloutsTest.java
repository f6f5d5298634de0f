package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingException;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.ArmKey;
import dev.penstock.router.arms.ArmName;
import dev.penstock.router.arms.ArmObservers;
import dev.penstock.router.rollout.Compared;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.admin.RegisterOrder;
import dev.penstock.server.rest.FolderFiles;
import dev.penstock.server.rest.MemoryAdmin;
import dev.penstock.server.rest.StoredRoutes;
import dev.penstock.server.routing.Expected;
import dev.penstock.server.routing.PublishedRoutes;
import dev.penstock.server.routing.RouteAdmin;
import dev.penstock.server.routing.RouteDraft;
import dev.penstock.server.store.Lineage;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.RouteStore;
import dev.penstock.server.store.StoreSettings;
import dev.penstock.server.store.Stores;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Who else writes routes while a rollout begins.
class SharedRolloutsTest {
    private static final Sight SIGHT = new Sight() {
        @Override
        public Map<ArmKey, ArmCounts> counts(String route) {
            return Map.of();
        }

        @Override
        public Map<ArmName, Compared> copies(String route) {
            return Map.of();
        }

        @Override
        public Map<ArmName, String> tripped(String route, String rollout) {
            return Map.of();
        }
    };

    @TempDir
    private Path folder;

    private ModelStore store;
    private MemoryAdmin models;
    private RouteAdmin routes;
    private Starter starter;

    /// Done once between what a starter reads and what it writes.
    private Runnable meanwhile = () -> {};

    @BeforeEach
    void open() throws Exception {
        store = Stores.open(new StoreSettings.Sqlite(folder.resolve("record.db")));
        models = new MemoryAdmin(new FolderFiles(folder));
        Path bytes = Files.writeString(folder.resolve("bytes"), "a model");
        for (int version = 1; version <= 2; version++) {
            assertThat(models.register(
                                    new RegisterOrder(
                                            "fraud",
                                            version,
                                            new RegisterOrder.Content.Fetched(bytes.toString(), ""),
                                            List.of(),
                                            Lineage.UNKNOWN,
                                            "",
                                            "all",
                                            "",
                                            false,
                                            false),
                                    "ann",
                                    _ -> {})
                            .serving())
                    .isTrue();
        }
        StoredRoutes records = new StoredRoutes(store);
        PublishedRoutes published = new PublishedRoutes(_ -> {}, ArmObservers.NONE);
        routes = RouteAdmin.start(records, models, published);
        starter = new Starter(new Around(
                records,
                routes,
                published,
                SIGHT,
                models,
                models,
                Gates.NONE,
                Teller.NONE,
                "here",
                InstantSource.system(),
                new Uptime(NanoClock.SYSTEM),
                () -> {
                    // An id is the last thing that it asks for.
                    meanwhile.run();
                    meanwhile = () -> {};
                    return "1";
                }));
        assertThat(routes.put(
                                RouteSpec.of("fraud", ArmSpec.of("stable", "fraud", 1)),
                                new Expected.Absent(),
                                false,
                                "ann")
                        .problems())
                .isEmpty();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static RolloutJson.Order order() {
        return RolloutJson.read(
                JsonMapper.shared().readTree("{\"route\":\"fraud\",\"candidate\":\"fraud@2\"}"),
                RolloutJson.USUAL_CONTROL);
    }

    private Drive start(String who) {
        RouteDraft now = routes.draft();
        starter.load(order(), who, "", now);
        return starter.start(starter.begin(order(), "", now), who);
    }

    @Test
    void whoEditsTheRouteWhileARolloutBeginsIsNotOverruled() {
        RouteSpec salted = routes.one("fraud").spec().withSalt("salt/2");
        meanwhile = () -> assertThat(
                        routes.put(salted, new Expected.Present(), false, "bob").rollout())
                .isEmpty();

        assertThatThrownBy(() -> start("ann"))
                .isInstanceOfSatisfying(
                        ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ALREADY_EXISTS))
                .hasMessageContaining("somebody was faster");

        assertThat(store.routes().rollouts()).isEmpty();
        assertThat(routes.one("fraud").spec()).isEqualTo(salted);
    }

    @Test
    void aRolloutAndItsRouteBeginInOneChange() {
        long before = routes.one("fraud").recorded().revision();
        Drive begun = start("ann");

        assertThat(routes.one("fraud").recorded().revision()).isEqualTo(before + 1);
        assertThat(begun.record.revision()).isEqualTo(before + 2);
        assertThat(store.routes().running()).isEqualTo(Map.of("fraud", "fraud-2-1"));
        assertThat(routes.one("fraud").spec().candidates()).hasSize(1);
        RouteStore records = store.routes();
        assertThatThrownBy(() -> start("bob"))
                .as("of a server that had looked before")
                .isInstanceOf(ServingException.class);
        assertThat(records.rollouts()).hasSize(1);
    }
}
