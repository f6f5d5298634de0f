package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelLoadException;
import dev.penstock.core.ServingException;
import dev.penstock.router.waiting.OnDemandVersion;
import dev.penstock.server.admin.LifecyclePhase;
import dev.penstock.server.admin.Registration;
import dev.penstock.server.memory.MemoryBudget;
import dev.penstock.server.memory.ProcessMemory;
import dev.penstock.server.store.GateRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Registered models that are loaded when they are asked for.
@Timeout(240)
final class RegisteredOnDemandTest {
    @TempDir
    private Path root;

    @Test
    void itIsJudgedWhenItIsRegisteredAndThenLeavesMemory() {
        RecordedRegistry.World world = world();
        try (RecordedRegistry running = world.started()) {
            Registration done = running.register("m", 0, RecordedRegistry.model(1), "stable");
            assertThat(done.serving()).as(done.problem()).isTrue();
            assertThat(done.version().gates()).isNotEmpty();
            assertThat(running.answers("m")).isEqualTo("m/1");
            assertThat(running.table.resolve("m@stable", "").key().toString()).isEqualTo("m/1");
            assertThat(running.loader.loadedKeys()).containsExactly("m/1");
            assertThat(running.events).anyMatch(event -> event.phase() == LifecyclePhase.READY);
            assertThat(Objects.requireNonNull(running.registry.model("m"))
                            .versions()
                            .getFirst()
                            .signature())
                    .as("known since it was judged")
                    .isNotNull();

            assertThat(wake(running)).isNull();
            assertThat(running.loader.loadedKeys()).containsExactly("m/1", "m/1");
            assertThat(running.loader.loaded.getFirst().closings()).isOne();
        }
        try (RecordedRegistry again = world.started()) {
            assertThat(again.registry.ready()).isTrue();
            assertThat(again.table.resolve("m@stable", "").key().toString()).isEqualTo("m/1");
            assertThat(again.loader.loadedKeys()).isEmpty();
            assertThat(wake(again)).isNull();
        }
    }

    @Test
    void whatIsTurnedDownIsNoModelOnDemand() {
        RecordedRegistry.World world = world();
        world.gates = (candidate, before) ->
                List.of(new GateRecord("golden", GateRecord.Verdict.FAILED, "it answers wrongly"));
        try (RecordedRegistry running = world.started()) {
            Registration refused = running.register("m", 0, RecordedRegistry.model(1));

            assertThat(refused.serving()).isFalse();
            assertThat(refused.problem()).contains("it answers wrongly");
            assertThat(running.ready("m")).isEmpty();
        }
    }

    @Test
    void whatItFollowsIsKnownWhenItIsJudged() {
        RecordedRegistry.World world = world();
        List<String> follows = new CopyOnWriteArrayList<>();
        world.gates = (candidate, before) -> {
            follows.add(candidate.key() + (before == null ? " follows nothing" : " follows " + before.outputs()));
            return List.of();
        };
        try (RecordedRegistry running = world.started()) {
            assertThat(running.register("m", 0, RecordedRegistry.model(1)).serving())
                    .isTrue();
        }
        try (RecordedRegistry again = world.started()) {
            again.await(() -> again.answers("m").equals("m/1"));
            again.loader.failOnce(ModelLoadException.notNow("no room"));
            Registration later = again.register("m", 0, RecordedRegistry.model(2));
            assertThat(later.serving()).isFalse();
            assertThat(later.problem()).contains("it cannot be judged now: m/1 is not in memory: no room");
            again.await(() -> follows.size() > 1);
            assertThat(again.loader.loadedKeys()).startsWith("m/1", "m/2");
        }
        assertThat(follows).hasSize(2);
        assertThat(follows.getFirst()).isEqualTo("m/1 follows nothing");
        assertThat(follows.getLast()).startsWith("m/2 follows [").contains("z1");
    }

    @Test
    void itsSignatureIsKnownAfterARestart() {
        RecordedRegistry.World world = world();
        world.memory = new MemoryRules(
                MemoryBudget.NONE,
                true,
                () -> new ProcessMemory.Reading(0, 0),
                root.resolve("signatures"),
                Duration.ofMinutes(1));
        List<Integer> follows = new CopyOnWriteArrayList<>();
        world.gates = (candidate, before) -> {
            follows.add(before == null ? 0 : before.outputs().size());
            return List.of();
        };
        try (RecordedRegistry running = world.started()) {
            assertThat(running.register("m", 0, RecordedRegistry.model(1)).serving())
                    .isTrue();
        }
        try (RecordedRegistry again = world.started()) {
            assertThat(again.table.resolve("m", "").signature().outputs()).hasSize(2);
            assertThat(again.register("m", 0, RecordedRegistry.model(2)).serving())
                    .isTrue();
            assertThat(again.loader.loadedKeys()).as("what it follows is known").containsExactly("m/2");
        }
        assertThat(follows).containsExactly(0, 2);
    }

    @Test
    void whatDoesNotFitIsNotTurnedDown() {
        RecordedRegistry.World world = world();
        world.memory = new MemoryRules(1 << 20, true, () -> new ProcessMemory.Reading(0, 0));
        try (RecordedRegistry running = world.started()) {
            Registration refused = running.register("m", 0, RecordedRegistry.model(1));

            assertThat(refused.serving()).isFalse();
            assertThat(refused.problem()).contains("there is no room for it now: it needs 1.0 MiB");
            assertThat(refused.version().gates())
                    .as("it may serve another time")
                    .isEmpty();
        }
        world.memory = new MemoryRules(2 << 20, true, () -> new ProcessMemory.Reading(0, 0));
        try (RecordedRegistry again = world.started()) {
            again.await(() -> again.answers("m").equals("m/1"));
        }
    }

    @Test
    void whatFailedForWantOfItsFilesIsLoadedOnceTheyAreBack() throws Exception {
        RecordedRegistry.World world = world();
        world.remote.put("https://there/m", RecordedRegistry.model(1));
        CountDownLatch asked = new CountDownLatch(1);
        try (RecordedRegistry running = world.started()) {
            assertThat(running.registerFrom("m", "https://there/m").serving()).isTrue();
            OnDemandVersion before = (OnDemandVersion) running.table.resolve("m", "");
            // It is not given again until somebody was refused.
            world.beforeFetch = uri -> await(asked);
            dropFiles();
            try {
                assertThat(Objects.requireNonNull(wake(running)).reason())
                        .contains("model 'm' version 1 cannot be loaded");
            } finally {
                asked.countDown();
            }

            running.await(() -> !running.table.resolve("m", "").equals(before)
                    && Objects.requireNonNull(running.registry.model("m"))
                            .versions()
                            .getFirst()
                            .reason()
                            .isEmpty());
            assertThat(running.table.resolve("m", "").signature()).isEqualTo(before.signature());
            assertThat(wake(running)).isNull();
        }
    }

    @Test
    void whatFailsWithItsFilesHereIsLeftAloneThoughItIsLookedAtAgain() {
        RecordedRegistry.World world = world();
        try (RecordedRegistry running = world.started()) {
            assertThat(running.register("m", 0, RecordedRegistry.model(1)).serving())
                    .isTrue();
            running.loader.failOnce(new ModelLoadException("it is broken"));
            assertThat(Objects.requireNonNull(wake(running)).reason()).contains("it is broken");
            OnDemandVersion failed = (OnDemandVersion) running.table.resolve("m", "");

            running.admin.setPolicy("m", "all", "me");
            assertThat(running.table.resolve("m", "")).isSameAs(failed);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(120, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void dropFiles() throws IOException {
        try (Stream<Path> all = Files.walk(root.resolve("data").resolve("files"))) {
            List<Path> files = all.filter(Files::isRegularFile).toList();
            assertThat(files).isNotEmpty();
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }

    private RecordedRegistry.World world() {
        RecordedRegistry.World world = new RecordedRegistry.World(root);
        world.memory = new MemoryRules(MemoryBudget.NONE, true, () -> new ProcessMemory.Reading(0, 0));
        return world;
    }

    private static @Nullable ServingException wake(RecordedRegistry running) {
        CompletableFuture<@Nullable ServingException> done = new CompletableFuture<>();
        OnDemandVersion sleeping = (OnDemandVersion) running.table.resolve("m", "");
        sleeping.wake(done::complete);
        return done.orTimeout(120, TimeUnit.SECONDS).join();
    }
}
