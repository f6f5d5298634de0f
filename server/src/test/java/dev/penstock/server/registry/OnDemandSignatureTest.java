package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.VersionHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What is known of versions that are not in memory.
final class OnDemandSignatureTest extends OnDemandTests {
    @Test
    void whoOnlyWantsToKnowItsSignatureHasItLoaded() {
        try (RunningRegistry running = start(1, "a")) {
            running.registry.wake("a", 1);
            running.awaitLoads("a/1", 1);
            running.registry.wake("a", 1);
            running.registry.wake("nobody", 1);

            assertThat(wake(running, "a")).isNull();
            assertThat(loader.loadedKeys()).containsExactly("a/1");
        }
    }

    @Test
    void itsSignatureIsKnownOnceItWasInMemory() {
        try (RunningRegistry running = start(1, "a", "b")) {
            VersionHandle never = handle(running, "a");
            assertThat(RunningRegistry.outcome(
                            () -> assertThat(never.signature()).isNull()))
                    .isEqualTo("NOT_READY Request for unknown model: 'a' version 1 is not at ready state");
            running.awaitLoads("a/1", 1);
            assertThat(wake(running, "a")).isNull();
            assertThat(wake(running, "b")).isNull();

            VersionHandle evicted = handle(running, "a");
            assertThat(wakes(evicted)).isTrue();
            assertThat(evicted.signature().inputs()).isNotEmpty();
            assertThat(loader.loadedKeys()).containsExactly("a/1", "b/1");
        }
    }

    @Test
    void itsSignatureIsKnownAfterARestartWhileItsFilesAreTheSame() throws Exception {
        Disk disk = onDemand(new Disk(root.resolve("repository")), "a", "b");
        MemoryRules memory = keeping();
        try (RunningRegistry running = RunningRegistry.withMemory(disk, loader, memory)) {
            assertThat(wake(running, "a")).isNull();
            assertThat(wake(running, "b")).isNull();
        }
        disk.version("b", 1, Disk.PLAIN + "output z FP32 -1,1\n").config("a", ON_DEMAND + "max_batch_size: 4\n");
        FakeLoader later = new FakeLoader();
        try (RunningRegistry again = RunningRegistry.withMemory(disk, later, memory)) {
            assertThat(again.version("a", 1).signature())
                    .isEqualTo(handle(again, "a").signature());
            assertThat(handle(again, "a").signature().inputs())
                    .isEqualTo(loader.model("a", 1).signature().inputs());
            assertThat(handle(again, "a").signature().maxBatchSize())
                    .as("as it is configured now")
                    .isEqualTo(4);
            assertThat(again.version("a", 1).config()).isNotNull();
            assertThat(again.version("b", 1).signature())
                    .as("its file is another")
                    .isNull();
            assertThat(later.orders).isEmpty();
        }
        try (Stream<Path> kept = Files.list(root.resolve("signatures"))) {
            for (Path file : kept.toList()) {
                Files.writeString(file, "half of it");
            }
        }
        try (RunningRegistry again = RunningRegistry.withMemory(disk, later, memory)) {
            assertThat(again.version("a", 1).signature()).isNull();
            assertThat(wake(again, "a")).isNull();
        }
        try (RunningRegistry again = RunningRegistry.withMemory(disk, later, memory)) {
            assertThat(again.version("a", 1).signature()).as("kept anew").isNotNull();
        }
    }

    private MemoryRules keeping() {
        MemoryRules rules = RunningRegistry.memory(2);
        return new MemoryRules(rules.budgetBytes(), false, rules.meter(), root.resolve("signatures"), rules.maxWait());
    }
}
