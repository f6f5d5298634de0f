package dev.penstock.server.registry;

import static dev.penstock.server.registry.RecordedRegistry.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.admin.LifecyclePhase;
import dev.penstock.server.admin.RegisterOrder;
import dev.penstock.server.admin.Registration;
import dev.penstock.server.store.AuditEntry;
import dev.penstock.server.store.Lineage;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RegisteredModelsTest extends RecordedTests {
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
    void namesThatCannotBeAreRefused() {
        try (RecordedRegistry running = world.started()) {
            assertRefused(() -> running.register("a@b", 0, ONE), "INVALID_ARGUMENT", "model name");
            assertRefused(() -> running.register("a", 0, ONE, "3"), "INVALID_ARGUMENT", "alias: '3'");
            assertRefused(() -> running.admin.promote("a", "stable", 1, "me"), "NOT_FOUND", "not registered");
            assertThat(Objects.requireNonNull(running.admin).registered()).isEmpty();
        }
    }
}
