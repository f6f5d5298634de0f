package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.server.admin.LifecyclePhase;
import dev.penstock.server.admin.RegisterOrder;
import dev.penstock.server.admin.Registration;
import dev.penstock.server.registry.RecordedRegistry.World;
import dev.penstock.server.store.Act;
import dev.penstock.server.store.AuditEntry;
import dev.penstock.server.store.Lineage;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.StoreException;
import dev.penstock.server.store.VersionRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RegisteredModelsTest {
    private static final String ONE = RecordedRegistry.model(1);
    private static final String TWO = RecordedRegistry.model(2);
    private static final String THREE = RecordedRegistry.model(3);

    @TempDir
    private Path root;

    private World world;

    @BeforeEach
    void lay() {
        world = new World(root);
    }

    @Test
    void aRegisteredVersionServesAndIsThereAfterARestart() {
        try (RecordedRegistry running = world.started()) {
            Registration first = running.register("m", 0, ONE);

            assertThat(first.version().number()).isEqualTo(1);
            assertThat(first.isNew()).isTrue();
            assertThat(first.serving()).as(first.problem()).isTrue();
            assertThat(running.answers("m")).isEqualTo("m/1");
            assertThat(running.events.stream().map(event -> event.phase()))
                    .containsSubsequence(
                            LifecyclePhase.VERIFYING,
                            LifecyclePhase.REGISTERED,
                            LifecyclePhase.LOADING,
                            LifecyclePhase.CHECKING,
                            LifecyclePhase.READY);
        }
        try (RecordedRegistry again = world.started()) {
            assertThat(again.registry.ready()).isTrue();
            assertThat(again.answers("m")).isEqualTo("m/1");
            assertThat(Objects.requireNonNull(
                                    again.admin.registered("m").versions().get(1L))
                            .gates())
                    .extracting(gate -> gate.gate())
                    .containsExactly("load");
        }
    }

    @Test
    void theModelMayBeCalledAnythingWhereThereIsOnlyOne() {
        try (RecordedRegistry running = world.started()) {
            RegisterOrder order = running.order("m", 0, ONE);
            RegisterOrder two = new RegisterOrder(
                    "m",
                    0,
                    new RegisterOrder.Content.Received(
                            List.of(running.keep("golden.json", "{}"), running.keep("churn.onnx", ONE))),
                    List.of(),
                    order.lineage(),
                    "",
                    "",
                    "",
                    false,
                    false);
            Registration done = running.admin.register(two, "me", event -> {});

            assertThat(done.serving()).as(done.problem()).isTrue();
            assertThat(done.version().files())
                    .extracting(file -> file.path())
                    .containsExactly("golden.json", "model.onnx");
        }
    }

    @Test
    void theLatestVersionServesAndTheOneBeforeLeavesMemory() {
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE);
            running.register("m", 0, TWO);

            assertThat(running.answers("m")).isEqualTo("m/2");
            running.await(() -> running.loader.model("m", 1).closings() == 1);
        }
    }

    @Test
    void theSameBytesAreTakenTwiceAndOthersAreNot() {
        try (RecordedRegistry running = world.started()) {
            running.register("m", 4, ONE);

            assertThat(running.register("m", 4, ONE).isNew()).isFalse();
            assertRefused(() -> running.register("m", 4, TWO), "ALREADY_EXISTS", "other bytes");
            assertThat(running.register("m", 0, TWO).version().number()).isEqualTo(5);
            running.admin.delete("m", 5, "me");
            assertRefused(() -> running.register("m", 5, THREE), "ALREADY_EXISTS", "version 5");
            assertThat(running.register("m", 0, THREE).version().number()).isEqualTo(6);
        }
    }

    @Test
    void stableAnswersUntilItIsMovedAndRollingBackIsOneTable() {
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE, "stable");
            running.register("m", 0, TWO);
            assertThat(running.answers("m")).isEqualTo("m/1");

            running.admin.promote("m", "stable", 2, "me");
            assertThat(running.answers("m")).isEqualTo("m/2");
            running.admin.rollBack("m", "stable", "you");
            assertThat(running.answers("m")).isEqualTo("m/1");
            assertThat(running.answers("m@stable")).isEqualTo("m/1");
            assertThat(running.ready("m")).containsExactly(1L, 2L);
            assertThat(running.admin.history("m", Long.MAX_VALUE, 2))
                    .extracting(entry -> entry.act().who() + " " + entry.act().action())
                    .containsExactly("you rollback", "me promote");
        }
    }

    @Test
    void anAliasOfAVersionThatIsNotInMemoryLeadsToTheOneBeforeUntilItIs() {
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE, "stable");
            running.register("m", 0, TWO);
            running.register("m", 0, THREE);
            running.await(() -> running.ready("m").equals(List.of(1L, 3L)));
            FakeLoader.Gate gate = running.loader.gate(new ModelKey("m", 2));

            running.admin.promote("m", "stable", 2, "me");
            await(gate);
            assertThat(running.answers("m")).isEqualTo("m/1");
            gate.open().countDown();
            running.await(() -> running.answers("m").equals("m/2"));
        }
    }

    @Test
    void aPromotionDoesNotWaitForALoad() {
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE, "stable");
            running.register("m", 0, TWO);
            FakeLoader.Gate gate = running.loader.gate(new ModelKey("other", 1));
            CompletableFuture<Registration> loading =
                    CompletableFuture.supplyAsync(() -> running.register("other", 0, ONE));
            await(gate);

            running.admin.promote("m", "stable", 2, "me");
            assertThat(running.answers("m")).isEqualTo("m/2");
            gate.open().countDown();
            assertThat(loading.join().serving()).isTrue();
        }
    }

    @Test
    void whatCannotBeLoadedLeavesTheOldServingAlsoAfterARestart() {
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE, "stable");
            Registration bad = running.register("m", 0, "corrupt it is no model", "stable", "canary");

            assertThat(bad.serving()).isFalse();
            assertThat(bad.problem()).contains("gate load", "it is no model");
            assertThat(running.answers("m")).isEqualTo("m/1");
            assertThat(running.answers("m@canary")).isEqualTo("NOT_FOUND");
            assertThat(Objects.requireNonNull(
                                    running.admin.registered("m").aliases().get("stable"))
                            .version())
                    .isEqualTo(1);
        }
        try (RecordedRegistry again = world.started()) {
            assertThat(again.registry.ready()).isTrue();
            assertThat(again.answers("m")).isEqualTo("m/1");
            assertThat(again.loader.loadedKeys()).containsExactly("m/1");
        }
    }

    @Test
    void whatAGateTurnsDownNeverServes() {
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE);
            world.gates = (candidate, before) -> List.of(RecordedRegistry.failed("off by 3"));
            Registration bad = running.register("m", 0, TWO);

            assertThat(bad.problem()).isEqualTo("gate golden: off by 3");
            assertThat(running.answers("m")).isEqualTo("m/1");
            running.await(() -> running.loader.model("m", 2).closings() == 1);
            assertRefused(() -> running.admin.promote("m", "stable", 2, "me"), "INVALID_ARGUMENT", "off by 3");

            world.gates = VersionGates.NONE;
            running.admin.setWanted("m", 2, true, "me");
            assertThat(running.answers("m")).isEqualTo("m/2");
        }
    }

    @Test
    void aDryRunLoadsAndJudgesAndRecordsNothing() {
        try (RecordedRegistry running = world.started()) {
            world.gates = (candidate, before) -> List.of(RecordedRegistry.failed("off by 3"));
            RegisterOrder order = running.order("m", 0, ONE);
            Registration tried = running.admin.register(
                    new RegisterOrder(
                            order.model(),
                            0,
                            order.content(),
                            List.of("stable"),
                            Lineage.UNKNOWN,
                            "",
                            "",
                            "",
                            false,
                            true),
                    "me",
                    event -> {});

            assertThat(tried.problem()).isEqualTo("gate golden: off by 3");
            assertThat(tried.version().gates()).hasSize(2);
            running.await(() -> running.loader.model("m", 1).closings() == 1);
            assertThat(running.admin.registered()).isEmpty();
            assertThat(running.answers("m")).isEqualTo("NOT_FOUND");
        }
    }

    @Test
    void versionsGoOutOfServiceAndComeBack() {
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE);
            running.register("m", 0, TWO);

            running.admin.setWanted("m", 2, false, "me");
            assertThat(running.answers("m")).isEqualTo("m/1");
            running.admin.setWanted("m", 1, false, "me");
            assertThat(running.ready("m")).isEmpty();
            running.admin.setPolicy("m", "all", "me");
            running.admin.setWanted("m", 1, true, "me");
            running.admin.setWanted("m", 2, true, "me");
            assertThat(running.ready("m")).containsExactly(1L, 2L);
            assertRefused(() -> running.admin.setPolicy("m", "newest", "me"), "INVALID_ARGUMENT", "newest");
        }
    }

    @Test
    void whatIsDeletedIsForgottenButNotItsHistory() {
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE, "stable");
            assertRefused(() -> running.admin.delete("m", 1, "me"), "INVALID_ARGUMENT", "alias 'stable'");
            assertRefused(() -> running.admin.delete("m", 0, "me"), "INVALID_ARGUMENT", "alias 'stable'");
            assertRefused(() -> running.admin.setWanted("m", 1, false, "me"), "INVALID_ARGUMENT", "alias 'stable'");
            running.admin.dropAlias("m", "stable", "me");
            running.admin.delete("m", 0, "me");

            running.await(() -> running.registry.model("m") == null);
            assertThat(running.answers("m")).isEqualTo("NOT_FOUND");
            assertThat(running.admin.history("m", Long.MAX_VALUE, 100))
                    .extracting(AuditEntry::act)
                    .extracting(act -> act.action())
                    .containsExactly("delete", "drop alias", "gates", "register");
            assertRefused(() -> running.admin.registered("m"), "NOT_FOUND", "not registered");
        }
        try (RecordedRegistry again = world.started()) {
            assertThat(again.registry.models()).isEmpty();
        }
    }

    @Test
    void aModelOfARepositoryCannotBeRegisteredButHasAliases() {
        new Disk(world.repository).version("disk", 1, ONE).version("disk", 2, TWO);
        try (RecordedRegistry running = world.started()) {
            assertThat(running.answers("disk")).isEqualTo("disk/2");
            assertRefused(() -> running.register("disk", 0, ONE), "INVALID_ARGUMENT", "model repository");
            assertRefused(() -> running.admin.promote("disk", "stable", 3, "me"), "NOT_FOUND", "no version 3");

            FakeLoader.Gate gate = running.loader.gate(new ModelKey("disk", 1));
            running.admin.promote("disk", "stable", 1, "me");
            await(gate);
            assertThat(running.answers("disk")).as("until its version is there").isEqualTo("disk/2");
            gate.open().countDown();
            running.await(() -> running.answers("disk").equals("disk/1"));
            assertThat(running.answers("disk@stable")).isEqualTo("disk/1");
        }
        try (RecordedRegistry again = world.started()) {
            again.await(() -> again.answers("disk").equals("disk/1"));
            assertThat(again.ready("disk")).containsExactly(1L, 2L);
        }
    }

    @Test
    void whatIsMissingIsFetchedAgainFromWhereItCame() throws Exception {
        world.remote.put("s3://bucket/m", ONE);
        try (RecordedRegistry running = world.started()) {
            Registration fetched = running.registerFrom("m", "s3://bucket/m");
            assertThat(fetched.serving()).isTrue();
            assertThat(fetched.version().source()).isEqualTo("s3://bucket/m");
        }
        dropFiles();
        try (RecordedRegistry again = world.started()) {
            again.await(() -> again.answers("m").equals("m/1"));
            assertThat(again.admin.verify("m", 1)).isEmpty();
        }
        dropFiles();
        world.remote.put("s3://bucket/m", THREE);
        try (RecordedRegistry other = world.started()) {
            assertThat(other.registry.ready()).isFalse();
            assertThat(other.answers("m")).isEqualTo("NOT_READY");
            assertThat(other.admin.verify("m", 1)).hasSize(1);
            assertThat(Objects.requireNonNull(
                                    other.admin.registered("m").versions().get(1L))
                            .gates())
                    .as("it is not the version's fault")
                    .hasSize(1);
            // It is tried again.
            world.remote.put("s3://bucket/m", ONE);
            other.await(() -> other.answers("m").equals("m/1") && other.registry.ready());
        }
    }

    private void dropFiles() throws Exception {
        try (Stream<Path> all = Files.walk(world.data.resolve("files"))) {
            List<Path> files = all.filter(Files::isRegularFile).toList();
            assertThat(files).isNotEmpty();
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }

    @Test
    void withoutItsRecordTheServerServesItsFoldersAndGoesOnTrying() {
        new Disk(world.repository).version("disk", 1, ONE);
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE);
        }
        var real = world.store;
        world.store = () -> {
            throw new StoreException(StoreException.Reason.UNAVAILABLE, "it is not there");
        };
        try (RecordedRegistry again = world.started()) {
            assertThat(again.answers("disk")).isEqualTo("disk/1");
            assertThat(again.registry.ready()).isFalse();
            assertRefused(() -> again.register("x", 0, ONE), "NOT_READY", "record of models");

            world.store = real;
            again.await(() -> again.registry.ready());
            assertThat(again.answers("m")).isEqualTo("m/1");
        }
    }

    @Test
    void aVersionThatNobodyJudgedBeforeACrashIsJudgedAtTheStart() {
        List<String> judged = new ArrayList<>();
        world.remote.put("s3://bucket/m", ONE);
        try (RecordedRegistry running = world.started()) {
            running.registerBreaking("m", "s3://bucket/m");
        }
        // What a crash between the record and the gates leaves behind.
        try (var store = world.store.get()) {
            var model = store.model("m").orElseThrow();
            store.put(unjudged(model), new Act("me", "register", "", Instant.EPOCH));
        }
        world.gates = (candidate, before) -> {
            judged.add(candidate.key() + (candidate.breaking() ? " may break" : ""));
            return List.of();
        };
        try (RecordedRegistry again = world.started()) {
            assertThat(again.answers("m")).isEqualTo("m/1");
            assertThat(judged).containsExactly("m/1 may break");
            assertThat(Objects.requireNonNull(
                                    again.admin.registered("m").versions().get(1L))
                            .gates())
                    .hasSize(1);
        }
    }

    private static ModelRecord unjudged(ModelRecord model) {
        SortedMap<Long, VersionRecord> versions = new TreeMap<>();
        model.versions()
                .forEach((number, version) ->
                        versions.put(number, version.with(version.wanted(), version.judge(), List.of())));
        return new ModelRecord(
                model.name(), model.revision(), model.policy(), model.config(), versions, model.aliases());
    }

    @Test
    void namesThatCannotBeAreRefused() {
        try (RecordedRegistry running = world.started()) {
            assertRefused(() -> running.register("a@b", 0, ONE), "INVALID_ARGUMENT", "model name");
            assertRefused(() -> running.register("a", 0, ONE, "3"), "INVALID_ARGUMENT", "alias: '3'");
            assertRefused(() -> running.admin.promote("a", "stable", 1, "me"), "NOT_FOUND", "not registered");
            assertThat(Objects.requireNonNull(running.admin).registered()).isEmpty();
        }
    }

    private static void await(FakeLoader.Gate gate) {
        try {
            gate.reached().await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertRefused(ThrowingCallable call, String code, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ServingException.class, e -> assertThat(e.code()).hasToString(code))
                .hasMessageContaining(message);
    }
}
