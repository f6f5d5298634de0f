package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.core.VersionHandle.Lease;
import dev.penstock.router.waiting.OnDemandVersion;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Several versions that wait for room have the loader thread one after the other.
@Timeout(240)
@SuppressWarnings("MustBeClosedChecker") // leases are closed by the test that takes them
class OnDemandTurnsTest {
    private static final String ON_DEMAND = "parameters { key: \"on_demand\" value { string_value: \"true\" } }\n";

    @TempDir
    private Path root;

    private final FakeLoader loader = new FakeLoader();

    @Test
    void othersHaveTheirTurnBetweenTwoLoads() throws Exception {
        // Takes three mebibytes, so that all that wait have room at once where it leaves.
        Disk disk = new Disk(root).file("large/1/weights.bin", "w".repeat(1280 << 10));
        for (String model : new String[] {"large", "first", "second", "last"}) {
            disk.version(model, 1, Disk.PLAIN).config(model, ON_DEMAND);
        }
        disk.version("other", 1, Disk.PLAIN);
        try (RunningRegistry running = RunningRegistry.withMemory(disk, loader, 4)) {
            assertThat(ask(running, "large").get(120, TimeUnit.SECONDS)).isNull();
            FakeLoader.Gate first = loader.gate(new ModelKey("first", 1));
            FakeLoader.Gate last = loader.gate(new ModelKey("last", 1));
            CompletableFuture<@Nullable ServingException> loaded;
            try (Lease lease =
                    Objects.requireNonNull(running.table.resolve("large", "").tryLease())) {
                assertThat(ask(running, "first")).isNotDone();
                assertThat(ask(running, "second")).isNotDone();
                loaded = ask(running, "last");
                // Whatever the loader thread was told before is done when this answers.
                assertThat(running.load("other")).isEmpty();
                lease.model().runner(0);
            }
            first.awaitReached();
            Thread caller = Thread.ofPlatform().start(() -> running.unload("other"));
            awaitQueued(caller);

            first.open().countDown();
            last.awaitReached();
            // One more look at what waits may have been ahead of it, for what has left.
            assertThat(running.answers("other")).as("its unloading came first").isNotEqualTo("other/1");

            last.open().countDown();
            assertThat(loaded.get(120, TimeUnit.SECONDS)).isNull();
            assertThat(loader.loadedKeys()).endsWith("large/1", "first/1", "second/1", "last/1");
            caller.join();
        }
    }

    private static CompletableFuture<@Nullable ServingException> ask(RunningRegistry running, String model) {
        CompletableFuture<@Nullable ServingException> done = new CompletableFuture<>();
        ((OnDemandVersion) running.table.resolve(model, "")).wake(done::complete);
        return done;
    }

    /// Waits until what it wants of the loader thread is among that one's tasks.
    private static void awaitQueued(Thread caller) {
        while (Arrays.stream(caller.getStackTrace())
                .noneMatch(frame -> frame.getMethodName().equals("await")
                        && frame.getClassName().equals(LoaderThread.class.getName()))) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }
}
