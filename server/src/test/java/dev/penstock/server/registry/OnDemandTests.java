package dev.penstock.server.registry;

import dev.penstock.core.ServingException;
import dev.penstock.core.VersionHandle;
import dev.penstock.core.VersionHandle.Lease;
import dev.penstock.router.waiting.OnDemandVersion;
import dev.penstock.server.admin.MemoryStatus;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What tests of versions that are loaded when they are asked for have in common: each takes a mebibyte.
@Timeout(240)
@SuppressWarnings("MustBeClosedChecker") // leases are closed by the tests that take them
abstract class OnDemandTests {
    static final String ON_DEMAND = "parameters { key: \"on_demand\" value { string_value: \"true\" } }\n";
    static final String PINNED = ON_DEMAND + "parameters { key: \"pinned\" value { string_value: \"true\" } }\n";

    @TempDir
    Path root;

    final FakeLoader loader = new FakeLoader();

    RunningRegistry start(long budgetMib, String... models) {
        return RunningRegistry.withMemory(onDemand(new Disk(root), models), loader, budgetMib);
    }

    static Disk onDemand(Disk disk, String... models) {
        for (String model : List.of(models)) {
            disk.version(model, 1, Disk.PLAIN).config(model, ON_DEMAND);
        }
        return disk;
    }

    static MemoryStatus memory(RunningRegistry running, String model) {
        return Objects.requireNonNull(running.version(model, 1).memory());
    }

    static VersionHandle handle(RunningRegistry running, String model) {
        return running.table.resolve(model, "");
    }

    static void use(RunningRegistry running, String model) {
        try (Lease lease = Objects.requireNonNull(handle(running, model).tryLease())) {
            lease.model().runner(0);
        }
    }

    static boolean wakes(VersionHandle handle) {
        return handle instanceof OnDemandVersion;
    }

    /// Has it loaded, if it is not, and waits for that.
    ///
    /// @return why it cannot be had, or null
    static @Nullable ServingException wake(RunningRegistry running, String model) {
        return ask(running, model).orTimeout(120, TimeUnit.SECONDS).join();
    }

    static CompletableFuture<@Nullable ServingException> ask(RunningRegistry running, String model) {
        return handle(running, model) instanceof OnDemandVersion sleeping
                ? ask(sleeping)
                : CompletableFuture.completedFuture(null);
    }

    static CompletableFuture<@Nullable ServingException> ask(OnDemandVersion sleeping) {
        CompletableFuture<@Nullable ServingException> done = new CompletableFuture<>();
        sleeping.wake(done::complete);
        return done;
    }
}
