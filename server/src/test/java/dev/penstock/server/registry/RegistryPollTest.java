package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of changes on the disk while a server looks.
@Timeout(240)
class RegistryPollTest {
    @TempDir
    private Path root;

    @Test
    void newVersionsAndModelsServeAndWhatIsGoneDoesNot() throws Exception {
        Disk disk = new Disk(root.resolve("repository")).version("a", 1, Disk.PLAIN);
        try (RunningRegistry running = RunningRegistry.watching(disk)) {
            assertThat(running.answers("a")).isEqualTo("a/1");

            disk.version("a", 2, Disk.PLAIN);
            running.awaitAnswer("a", "a/2");
            disk.version("b", 7, Disk.PLAIN);
            running.awaitAnswer("b", "b/7");
            Files.move(disk.root().resolve("b"), root.resolve("elsewhere"), StandardCopyOption.ATOMIC_MOVE);
            running.awaitAnswer("b", "NOT_FOUND");
            Files.move(root.resolve("elsewhere"), disk.root().resolve("c"), StandardCopyOption.ATOMIC_MOVE);
            running.awaitAnswer("c", "c/7");
            assertThat(running.answers("a")).isEqualTo("a/2");
        }
    }

    @Test
    void whatCannotBeLoadedLeavesTheOldServingUntilItIsMended() {
        Disk disk = new Disk(root).version("a", 1, Disk.PLAIN);
        try (RunningRegistry running = RunningRegistry.watching(disk)) {
            disk.version("a", 2, "corrupt half of it");
            running.awaitReason("a", 2, "half of it");
            assertThat(running.answers("a")).isEqualTo("a/1");
            disk.version("a", 2, Disk.PLAIN);
            running.awaitAnswer("a", "a/2");
        }
    }

    @Test
    void whatThereWasNoRoomForIsLoadedOnceThereIs() throws Exception {
        Disk disk =
                new Disk(root.resolve("repository")).version("a", 1, Disk.PLAIN).version("b", 1, Disk.PLAIN);
        try (RunningRegistry running = RunningRegistry.watching(disk, RunningRegistry.memory(1))) {
            running.awaitReason("b", 1, "there is no room for it now");
            // The look that sees it has seen b as it was at the start, too, and what there is to be done about
            // it.
            disk.version("a", 2, Disk.PLAIN);
            running.awaitReason("a", 2, "there is no room for it now");

            Files.move(disk.root().resolve("a"), root.resolve("elsewhere"), StandardCopyOption.ATOMIC_MOVE);
            running.awaitAnswer("b", "b/1");
            assertThat(running.loader.loadedKeys()).containsExactly("a/1", "b/1");
        }
    }

    @Test
    void whatIsOnlyTouchedIsNotLoadedAgainAndARewriteWithTheOldTimeIs() throws Exception {
        Disk disk = new Disk(root).version("a", 1, Disk.PLAIN).version("b", 1, Disk.PLAIN);
        Path file = root.resolve("a/1/model.onnx");
        FileTime old = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
        Files.setLastModifiedTime(file, old);
        try (RunningRegistry running = RunningRegistry.watching(disk)) {
            // What was found of a by then is done when b serves: changes are acted on in the order of names.
            disk.version("b", 2, Disk.PLAIN);
            running.awaitAnswer("b", "b/2");
            Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-02-01T00:00:00Z")));
            disk.version("b", 3, Disk.PLAIN);
            running.awaitAnswer("b", "b/3");
            assertThat(running.loader.loadedKeys()).filteredOn("a/1"::equals).hasSize(1);

            String changed = Disk.PLAIN.replace("FP32", "FP64");
            assertThat(changed).hasSameSizeAs(Disk.PLAIN).isNotEqualTo(Disk.PLAIN);
            Files.writeString(file, changed);
            Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-02-01T00:00:00Z")));
            running.awaitLoads("a/1", 2);
        }
    }
}
