package dev.penstock.server.registry;

import static dev.penstock.server.registry.RecordedRegistry.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.server.OwnThreads;
import dev.penstock.server.admin.Registration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// Aliases of registered models, and of those of a repository.
class RecordedAliasesTest extends RecordedTests {
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
            gate.awaitReached();
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
            CompletableFuture<Registration> loading = OwnThreads.call(() -> running.register("other", 0, ONE));
            gate.awaitReached();

            running.admin.promote("m", "stable", 2, "me");
            assertThat(running.answers("m")).isEqualTo("m/2");
            gate.open().countDown();
            assertThat(loading.join().serving()).isTrue();
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
            gate.awaitReached();
            assertThat(running.answers("disk")).as("until its version is there").isEqualTo("disk/2");
            gate.open().countDown();
            running.await(() -> running.answers("disk").equals("disk/1"));
            assertThat(running.answers("disk@stable")).isEqualTo("disk/1");
        }
        try (RecordedRegistry again = world.started()) {
            again.await(() -> again.answers("disk").equals("disk/1")
                    && again.ready("disk").equals(List.of(1L, 2L)));
        }
    }
}
