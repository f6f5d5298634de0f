package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.admin.Registration;
import dev.penstock.server.store.Act;
import dev.penstock.server.store.AliasRecord;
import dev.penstock.server.store.Intent;
import dev.penstock.server.store.Lineage;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.StoreFixtures;
import dev.penstock.server.store.StoredFile;
import dev.penstock.server.store.VersionRecord;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// Versions that nobody judged when they were registered.
class JudgedLaterTest extends RecordedTests {
    private static final String OFF = "parameters { key: \"batching\" value { string_value: \"off\" } }";

    @Test
    void aVersionThatNobodyWantsIsJudgedByNobodyAndHoldsUpNothing() {
        try (RecordedRegistry running = world.started()) {
            running.register("m", 5, ONE);
            // The policy is latest 1.
            assertThat(running.register("m", 3, TWO).problem()).isEmpty();
            assertThat(running.register("m", 6, THREE).serving()).isTrue();

            running.await(() -> running.loader.model("m", 5).closings() == 1);
            assertThat(running.loader.loadedKeys()).containsExactly("m/5", "m/6");
        }
        try (RecordedRegistry again = world.started()) {
            again.await(again.registry::ready);
            assertThat(again.answers("m")).isEqualTo("m/6");
        }
    }

    /// As it is left by a server that was killed between recording a version and recording what is said of it.
    private ModelRecord killedBeforeTheVerdict() {
        VersionRecord candidate;
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE, "stable");
            List<StoredFile> files = List.of(running.keep("model.onnx", TWO));
            candidate = StoreFixtures.plain(2, files, "", Instant.EPOCH, "me", Lineage.UNKNOWN, "", true, List.of());
        }
        Intent intent = new Intent(0, "me", Instant.EPOCH, "all", OFF, new TreeSet<>(List.of("stable")));
        try (ModelStore store = world.store.get()) {
            ModelRecord before = store.model("m").orElseThrow();
            ModelRecord after = RecordEdits.registered(before, candidate, intent);
            return store.put(after, new Act("me", "register", "", Instant.EPOCH));
        }
    }

    @Test
    void whatARegistrationAskedForNeverComesIfItsVersionIsTurnedDown() {
        ModelRecord before = killedBeforeTheVerdict();
        world.gates = (said, _) -> List.of(RecordedRegistry.failed("a test's"));
        try (RecordedRegistry again = world.started()) {
            again.await(() -> gates(again, 2) == 2);

            ModelRecord now = again.admin.registered("m");
            assertThat(now.aliases()).isEqualTo(before.aliases());
            assertThat(now.policy()).isEqualTo(before.policy());
            assertThat(now.config()).isEmpty();
            again.await(() -> again.answers("m").equals("m/1") && again.registry.ready());
        }
    }

    @Test
    void itComesWithTheVerdictWhoeverIsToGiveIt() {
        ModelRecord before = killedBeforeTheVerdict();
        CountDownLatch thought = new CountDownLatch(1);
        world.gates = (said, _) -> {
            await(thought);
            return List.of();
        };
        try (RecordedRegistry again = world.start()) {
            // What served goes on doing so, also after a restart, as it was.
            again.await(() -> again.answers("m").equals("m/1"));
            assertThat(before.config()).isEmpty();
            assertThat(before.aliases().get("stable"))
                    .extracting(AliasRecord::version)
                    .isEqualTo(1L);
            thought.countDown();

            again.await(() -> again.answers("m@stable").equals("m/2") && again.registry.ready());
            assertThat(again.admin.registered("m").policy()).isEqualTo("all");
            assertThat(again.admin.registered("m").config()).isEqualTo(OFF);
        }
    }

    @Test
    void aVersionThatFailsWithoutAVerdictGetsWhatItsRegistrationAskedForWhenItPasses() {
        AtomicBoolean room = new AtomicBoolean(true);
        world.gates = (candidate, before) -> {
            if (!room.get()) {
                throw new OutOfMemoryError("a test's");
            }
            return List.of();
        };
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE, "stable");
            room.set(false);
            Registration failed = running.admin.register(
                    running.configured("m", 0, TWO, OFF, "stable", "canary"), "you", event -> {});

            assertThat(failed.problem()).contains("a test's", "what it sets is kept for when it passes");
            ModelRecord waiting = running.admin.registered("m");
            assertThat(waiting.aliases()).containsOnlyKeys("stable");
            assertThat(waiting.config()).isEmpty();
            assertThat(running.answers("m")).isEqualTo("m/1");

            room.set(true);
            running.await(() -> running.answers("m@canary").equals("m/2"));
            assertThat(running.answers("m")).isEqualTo("m/2");
            ModelRecord passed = running.admin.registered("m");
            assertThat(passed.config()).isEqualTo(OFF);
            assertThat(RecordEdits.alias(passed, "stable"))
                    .extracting(AliasRecord::previous, AliasRecord::by)
                    .containsExactly(1L, "you");
        }
    }

    @Test
    void aVersionThatIsDeletedBeforeItIsJudgedTakesWithItWhatItsRegistrationAskedFor() {
        world.gates = (candidate, before) -> {
            if (candidate.key().version() == 2) {
                throw new OutOfMemoryError("a test's");
            }
            return List.of();
        };
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE, "stable");
            assertThat(running.admin
                            .register(running.configured("m", 0, TWO, OFF, "stable"), "you", event -> {})
                            .failed())
                    .isTrue();

            running.admin.delete("m", 2, "me");
            assertThat(running.register("m", 0, THREE).serving()).isTrue();
            assertThat(running.admin.registered("m").config()).isEmpty();
            assertThat(running.answers("m")).isEqualTo("m/1");
        }
    }

    private static int gates(RecordedRegistry running, long version) {
        return RecordEdits.version(running.admin.registered("m"), version)
                .gates()
                .size();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(120, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatNobodyForesawIsNoVerdict() {
        try (RecordedRegistry running = world.started()) {
            running.loader.failOnce(new IllegalStateException("odd"));

            assertThat(running.register("m", 1, ONE).problem()).contains("odd");
            running.await(() -> running.answers("m").equals("m/1"));
        }
    }
}
