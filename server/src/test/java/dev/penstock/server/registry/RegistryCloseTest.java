package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.core.VersionHandle.Lease;
import dev.penstock.server.OwnThreads;
import dev.penstock.server.admin.ModelControlMode;
import dev.penstock.server.admin.VersionState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
final class RegistryCloseTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    Path root;

    private Disk disk;

    @BeforeEach
    void makeDisk() {
        disk = new Disk(root).version("a", 1, Disk.PLAIN).version("b", 1, Disk.PLAIN);
    }

    // Each test closes it where its scenario says so.
    @SuppressWarnings("MustBeClosedChecker")
    private static Lease lease(RunningRegistry running, String model) {
        return Objects.requireNonNull(running.table.resolve(model, "").tryLease());
    }

    @Test
    void stoppingToServeTakesReadinessAwayButAnswersGoOn() {
        try (RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.EXPLICIT, "a")) {
            AtomicInteger told = new AtomicInteger();
            running.registry.onChange(() -> told.addAndGet(running.registry.ready() ? 0 : 1));

            running.registry.stopServing();

            assertThat(running.registry.ready()).isFalse();
            assertThat(told).hasValue(1);
            assertThat(running.answers("a")).isEqualTo("a/1");
            assertThat(running.load("b")).startsWith("NOT_READY Server is stopping");
            assertThat(running.unload("a")).startsWith("NOT_READY Server is stopping");
        }
    }

    @Test
    void closingClosesEveryModelOnTheLoaderThreadAndEndsIt() throws InterruptedException {
        RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.EXPLICIT, "*");
        AtomicReference<Thread> loaderThread = new AtomicReference<>();
        running.registry.onChange(() -> {
            if (Thread.currentThread().getName().equals("model-loader")) {
                loaderThread.set(Thread.currentThread());
            }
        });

        assertThat(running.registry.close(LONG)).isEmpty();

        assertThat(running.loader.loaded).hasSize(2).allSatisfy(model -> {
            assertThat(model.closings()).isOne();
            assertThat(model.closingThread()).isEqualTo("model-loader");
        });
        assertThat(running.answers("a")).isEqualTo("NOT_FOUND");
        assertThat(running.gone).containsExactlyInAnyOrder(new ModelKey("a", 1), new ModelKey("b", 1));
        assertThat(loaderThread.get().join(LONG)).isTrue();
        assertThat(running.registry.close(LONG)).as("closed again").isEmpty();
        assertThat(running.load("a")).startsWith("NOT_READY Server is stopping");
    }

    @Test
    void whatIsStillLeasedIsNamedAndClosedWhenItsLeaseIs() {
        RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.NONE);
        Lease lease = lease(running, "b");

        assertThat(running.registry.close(Duration.ofMillis(1))).contains(new ModelKey("b", 1));
        running.awaitState("a", 1, VersionState.UNAVAILABLE);
        assertThat(running.registry.close(Duration.ofMillis(1))).containsExactly(new ModelKey("b", 1));
        assertThat(running.loader.model("b", 1).closings()).isZero();

        lease.close();
        assertThat(running.registry.close(LONG)).isEmpty();
        assertThat(running.loader.model("b", 1).closings()).isOne();
    }

    @Test
    void closingDuringTheInitialLoadSkipsTheRest() throws Exception {
        FakeLoader loader = new FakeLoader();
        FakeLoader.Gate gate = loader.gate(new ModelKey("a", 1));
        RunningRegistry running = RunningRegistry.start(disk, loader, ModelControlMode.NONE);
        gate.reached().await();
        running.registry.stopServing();
        CompletableFuture<List<ModelKey>> closing = OwnThreads.call(() -> running.registry.close(LONG));
        gate.open().countDown();

        assertThat(closing.get()).isEmpty();

        running.awaitInitialLoad();
        assertThat(running.registry.ready()).isFalse();
        assertThat(loader.loadedKeys()).containsExactly("a/1");
        assertThat(loader.model("a", 1).closings()).isOne();
    }

    @Test
    void closingAtOnceEnds() {
        RunningRegistry running = RunningRegistry.start(disk, new FakeLoader(), ModelControlMode.NONE);

        assertThat(running.registry.close(LONG)).isEmpty();

        assertThat(running.loader.loaded)
                .allSatisfy(model -> assertThat(model.closings()).isOne());
    }
}
