package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.memory.ProcessMemory;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What there is no room for.
final class OnDemandRoomTest extends OnDemandTests {
    @Test
    void whatDoesNotFitIsNotLoadedAndWhatServesGoesOn() {
        Disk disk = new Disk(root).version("m", 1, Disk.PLAIN);
        try (RunningRegistry running = RunningRegistry.withMemory(disk, loader, 1)) {
            assertThat(running.answers("m")).isEqualTo("m/1");
            disk.version("m", 2, Disk.PLAIN);

            assertThat(running.load("m")).contains("there is no room for it now", "m/1 1.0 MiB");
            assertThat(running.answers("m")).isEqualTo("m/1");
            assertThat(running.version("m", 2).reason()).contains("there is no room for it now: it needs 1.0 MiB");
            assertThat(loader.loadedKeys()).containsExactly("m/1");
            assertThat(running.registry.memory().counts().refusals()).isOne();
        }
    }

    @Test
    void whatTakesMoreThanItWasLetInForSendsOthersAway() {
        try (RunningRegistry running = RunningRegistry.withMemory(
                onDemand(new Disk(root), "a", "b", "c"), loader, RunningRegistry.memory(4, grownBy("c", 3)))) {
            assertThat(wake(running, "a")).isNull();
            assertThat(wake(running, "b")).isNull();
            use(running, "a");
            assertThat(wake(running, "c")).isNull();

            assertThat(heldMib(running)).isEqualTo(4);
            assertThat(loader.model("b", 1).closings())
                    .as("the least recently used")
                    .isOne();
            assertThat(loader.model("a", 1).closings()).isZero();
            assertThat(memory(running, "c").measuredBytes()).isEqualTo(3 << 20);
        }
    }

    @Test
    void whatTakesMoreThanThereIsIsRefusedInNumbers() {
        Disk disk = new Disk(root).version("p", 1, Disk.PLAIN).config("p", PINNED);
        onDemand(disk, "c");
        try (RunningRegistry running =
                RunningRegistry.withMemory(disk, loader, RunningRegistry.memory(3, grownBy("c", 3)))) {
            assertThat(wake(running, "p")).isNull();
            ServingException refusal = Objects.requireNonNull(wake(running, "c"));
            assertThat(refusal.code()).isEqualTo(ErrorCode.OVERLOADED);
            assertThat(refusal.reason())
                    .isEqualTo("model 'c' version 1 cannot be loaded: there is no room for it now: it needs 3.0 MiB,"
                            + " and of memory.budget, 3.1 MiB, 2.1 MiB are free;"
                            + " of 1 others most is held by p/1 1.0 MiB");
            assertThat(loader.model("c", 1).closings()).isOne();
            assertThat(heldMib(running)).isOne();
            assertThat(running.registry.memory().counts().failures()).isZero();
            Objects.requireNonNull(wake(running, "c"));
            assertThat(loader.loadedKeys())
                    .as("what is known to be too much is not loaded again")
                    .containsExactly("p/1", "c/1");
            assertThat(running.registry.memory().counts().refusals())
                    .as("one for each who was refused")
                    .isEqualTo(2);
        }
    }

    @Test
    void whatIsAlwaysInMemoryIsRefusedToo() {
        Disk disk = new Disk(root).version("m", 1, Disk.PLAIN);
        try (RunningRegistry running =
                RunningRegistry.withMemory(disk, loader, RunningRegistry.memory(2, grownBy("n", 4)))) {
            disk.version("n", 1, Disk.PLAIN);

            assertThat(running.load("n"))
                    .contains("it was loaded, and takes more than it was let in for:"
                            + " there is no room for it now: it needs 4.0 MiB, and of memory.budget, 2.1 MiB,"
                            + " 1.1 MiB are free; of 1 others most is held by m/1 1.0 MiB");
            assertThat(running.answers("m")).isEqualTo("m/1");
            assertThat(running.version("n", 1).reason()).contains("it needs 4.0 MiB");
            assertThat(loader.model("n", 1).closings()).isOne();
            assertThat(heldMib(running)).isOne();
        }
    }

    /// The process grows by so much when that model is loaded, and by nothing when another is.
    private ProcessMemory.Meter grownBy(String model, long mib) {
        return () -> new ProcessMemory.Reading(
                loader.loaded.stream()
                                .filter(loaded -> loaded.key().name().equals(model))
                                .count()
                        * (mib << 20),
                0);
    }

    private static long heldMib(RunningRegistry running) {
        return running.registry.memory().held().stream()
                        .mapToLong(held -> held.footprint().bytes())
                        .sum()
                >> 20;
    }

    @Test
    void whatIsAlwaysInMemoryTakesTheRoomOfWhatIsNot() {
        Disk disk = new Disk(root).version("m", 1, Disk.PLAIN);
        onDemand(disk, "a", "b");
        try (RunningRegistry running = RunningRegistry.withMemory(disk, loader, 2)) {
            assertThat(wake(running, "a")).isNull();
            disk.version("m", 2, Disk.PLAIN);

            assertThat(running.load("m")).isEmpty();
            assertThat(running.answers("m")).isEqualTo("m/2");
            assertThat(loader.model("a", 1).closings()).isOne();
        }
    }
}
