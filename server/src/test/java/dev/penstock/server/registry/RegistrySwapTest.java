package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.VersionHandle.Lease;
import dev.penstock.router.RouteTable;
import dev.penstock.server.admin.ModelControlMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Versions replace one another while threads use whatever serves.
final class RegistrySwapTest {
    private static final int SWAPS = 200;
    private static final int USERS = 3;

    @TempDir
    Path root;

    @Test
    @Timeout(400)
    void noUseFailsWhileVersionsReplaceOneAnother() throws Exception {
        Disk disk = new Disk(root).version("m", 1, Disk.PLAIN);
        RunningRegistry running = RunningRegistry.started(disk, ModelControlMode.EXPLICIT, "m");
        AtomicBoolean over = new AtomicBoolean();
        try (ExecutorService threads = Executors.newFixedThreadPool(USERS)) {
            List<Future<Long>> users = new ArrayList<>();
            for (int i = 0; i < USERS; i++) {
                users.add(threads.submit(() -> useUntil(running, over)));
            }
            for (int version = 2; version <= SWAPS; version++) {
                disk.version("m", version, Disk.PLAIN);
                assertThat(running.load("m")).isEmpty();
            }
            over.set(true);
            for (Future<Long> user : users) {
                assertThat(user.get()).isPositive();
            }
        }

        running.close();
        assertThat(running.loader.loaded)
                .hasSize(SWAPS)
                .allSatisfy(model -> assertThat(model.closings()).isOne());
        assertThat(running.gone).hasSize(SWAPS);
    }

    @SuppressWarnings("ThreadPriorityCheck") // It is only faster with it.
    private static long useUntil(RunningRegistry running, AtomicBoolean over) {
        long uses = 0;
        // A thread that was not let run until now still has to use what serves in the end.
        while (!over.get() || uses == 0) {
            RouteTable table = running.table;
            try (@Nullable Lease lease = table.resolve("m", "").tryLease()) {
                if (lease != null) {
                    lease.model().runner(0);
                    uses++;
                    // Who replaces versions is not to wait for a processor that users have.
                    Thread.yield();
                } else {
                    // It was retired since the table was read: then there is a newer table, and that one
                    // answers.
                    assertThat(running.table).isNotSameAs(table);
                }
            }
        }
        return uses;
    }
}
