package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.store.Act;
import dev.penstock.server.store.Lineage;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.VersionRecord;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Versions that nobody judged when they were registered.
class JudgedLaterTest extends RecordedTests {
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
    @Test
    void whoeverTurnsAVersionDownTakesBackWhatItsRegistrationChanged() {
        VersionRecord candidate;
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE, "stable");
            candidate = new VersionRecord(
                    2,
                    List.of(running.keep("model.onnx", TWO)),
                    "",
                    Instant.EPOCH,
                    "me",
                    Lineage.UNKNOWN,
                    "",
                    true,
                    List.of());
        }
        ModelRecord before;
        try (ModelStore store = world.store.get()) {
            before = store.model("m").orElseThrow();
            ModelRecord after = RecordEdits.promoted(
                    RecordEdits.registered(before, candidate, "all", "max_batch_size: 8"),
                    "stable",
                    2,
                    "me",
                    Instant.EPOCH);
            assertThat(store.put(
                                    RecordEdits.withWayBack(after, before, 2),
                                    new Act("me", "register", "", Instant.EPOCH))
                            .config())
                    .isNotEmpty();
        }
        world.gates = (said, _) -> List.of(RecordedRegistry.failed("a test's"));
        try (RecordedRegistry again = world.started()) {
            again.await(() -> again.admin.registered("m").aliases().equals(before.aliases()));

            ModelRecord now = again.admin.registered("m");
            assertThat(now.policy()).isEqualTo(before.policy());
            assertThat(now.config()).isEqualTo(before.config());
            assertThat(RecordEdits.version(now, 2).gates()).hasSize(2);
            assertThat(RecordEdits.version(now, 2).wayBack()).isNull();
            again.await(() -> again.answers("m").equals("m/1") && again.registry.ready());
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
