package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.admin.RegisterOrder;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchProgress;
import dev.penstock.server.store.Lineage;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Downloads that nobody waits for any more.
@Timeout(240)
class GivenUpDownloadsTest {
    private static final String URI = "far://m";

    @TempDir
    private Path root;

    @Test
    void whoGoesAwayEndsTheDownloadAndNothingIsRecorded() {
        RecordedRegistry.World world = new RecordedRegistry.World(root);
        AtomicBoolean gone = new AtomicBoolean();
        world.remote.put(URI, RecordedRegistry.model(1));
        world.whileFetching = progress -> fetch(progress, gone);
        try (RecordedRegistry running = world.started()) {
            RegisterOrder order = new RegisterOrder(
                    "m",
                    0,
                    new RegisterOrder.Content.Fetched(URI, ""),
                    List.of(),
                    Lineage.UNKNOWN,
                    "",
                    "",
                    "",
                    false,
                    false);

            RecordedRegistry.assertRefused(
                    () -> running.admin.register(order, "me", event -> {}, gone::get),
                    "NOT_READY",
                    "whoever asked for it is gone");
            assertThat(running.fetching).containsExactly(URI);
            assertThat(running.admin.registered()).isEmpty();
        }
    }

    /// Ends when nobody wants it any more, as real sources do.
    private static void fetch(FetchProgress progress, AtomicBoolean gone) {
        assertThat(progress.givenUp()).isEmpty();
        gone.set(true);
        while (progress.givenUp().isEmpty()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        throw new FetchException(FetchException.Reason.UNREACHABLE, "given up: " + progress.givenUp());
    }
}
