package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ServingException;
import dev.penstock.core.VersionHandle;
import dev.penstock.router.RouteTable;
import dev.penstock.router.waiting.OnDemandVersion;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Versions whose room is free for an instant only: shorter than it takes to verify files.
@Timeout(240)
@SuppressWarnings("MustBeClosedChecker") // leases are closed by the test that takes them
class RoomFirstTest {
    private static final String ON_DEMAND = "parameters { key: \"on_demand\" value { string_value: \"true\" } }\n";

    @TempDir
    private Path root;

    private final FakeLoader loader = new FakeLoader();
    private final LoaderThread loaderThread = new LoaderThread();
    private final AtomicInteger openings = new AtomicInteger();
    private final ServingSet serving = BareServing.of(loader, loaderThread, this::publish, RunningRegistry.memory(1));
    private volatile RouteTable table = RouteTable.EMPTY;

    /// Used again whenever it is about to leave; null if it may.
    private volatile @Nullable VersionHandle wanted;

    private volatile VersionHandle.@Nullable Lease lease;
    private final Semaphore leased = new Semaphore(0);

    @AfterEach
    void end() {
        loaderThread.end();
    }

    private void publish(RouteTable next) {
        table = next;
        VersionHandle used = wanted;
        if (used != null && next.resolve("a", "") instanceof OnDemandVersion) {
            lease = used.tryLease();
            leased.release();
        }
    }

    @Test
    void filesAreNotVerifiedAgainForRoomThatIsGone() throws Exception {
        Disk disk = new Disk(root)
                .version("a", 1, Disk.PLAIN)
                .config("a", ON_DEMAND)
                .version("b", 1, Disk.PLAIN)
                .config("b", ON_DEMAND);
        load(disk, "a");
        load(disk, "b");
        assertThat(ask("a").get(120, TimeUnit.SECONDS)).isNull();
        openings.set(0);

        wanted = table.resolve("a", "");
        CompletableFuture<@Nullable ServingException> asked = ask("b");
        for (int instant = 0; instant < 3; instant++) {
            assertThat(leased.tryAcquire(120, TimeUnit.SECONDS)).isTrue();
            // The try is over when this answers.
            assertThat(loaderThread.<String>call(() -> "free")).isEqualTo("free");
            assertThat(asked).isNotDone();
            assertThat(openings).hasValue(1);
            if (instant == 2) {
                wanted = null;
            }
            Objects.requireNonNull(lease).close();
        }
        assertThat(asked.get(120, TimeUnit.SECONDS)).isNull();
        assertThat(openings).hasValue(2);
        assertThat(loader.loadedKeys()).containsExactly("a/1", "b/1");
        serving.stop();
    }

    @Test
    void aTurnOpensOneVersionAtMost() throws Exception {
        Disk disk = new Disk(root);
        for (String model : List.of("a", "b", "c")) {
            disk.version(model, 1, Disk.PLAIN).config(model, ON_DEMAND);
            load(disk, model);
        }
        assertThat(ask("a").get(120, TimeUnit.SECONDS)).isNull();
        openings.set(0);
        CountDownLatch open = new CountDownLatch(1);
        loaderThread.execute(() -> await(open));

        wanted = table.resolve("a", "");
        CompletableFuture<@Nullable ServingException> first = ask("b");
        CompletableFuture<@Nullable ServingException> second = ask("c");
        CompletableFuture<Integer> between = loaderThread.submit(openings::get);
        open.countDown();
        assertThat(between.get(120, TimeUnit.SECONDS)).isOne();
        assertThat(leased.tryAcquire(120, TimeUnit.SECONDS)).isTrue();

        wanted = null;
        Objects.requireNonNull(lease).close();
        assertThat(first.get(120, TimeUnit.SECONDS)).isNull();
        assertThat(second.get(120, TimeUnit.SECONDS)).isNull();
        serving.stop();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(120, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void load(Disk disk, String model) {
        ModelFolder found =
                Objects.requireNonNull(ModelRepository.of(List.of(disk.root())).read(model));
        VersionFolder version = Objects.requireNonNull(found.version(1));
        VersionFolder counted = new VersionFolder(1, version.files(), "", () -> {
            openings.incrementAndGet();
            return version.opening().open();
        });
        ModelFolder folder =
                new ModelFolder(model, found.path(), found.configText(), List.of(counted), found.warnings(), "");
        assertThat(loaderThread.<LoadResult>call(() -> serving.load(folder)).problem())
                .isEmpty();
    }

    private CompletableFuture<@Nullable ServingException> ask(String model) {
        CompletableFuture<@Nullable ServingException> done = new CompletableFuture<>();
        ((OnDemandVersion) table.resolve(model, "")).wake(done::complete);
        return done;
    }
}
