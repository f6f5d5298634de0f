package dev.penstock.server.alerting;

import dev.penstock.server.store.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Requests for retraining in a file that is there whole or not at all. A thread of its own writes what they
/// are now. Thread-safe; nobody waits for the disk but who reads, and, not for long, [#close].
final class RetrainingFile implements AutoCloseable {
    static final String NAME = "retraining.json";

    private static final System.Logger LOG = System.getLogger(RetrainingFile.class.getName());
    private static final Duration IDLE = Duration.ofSeconds(1);

    private final @Nullable Path folder;
    private final Duration patience;

    /// What is to be written, if it is not yet: only the latest counts.
    private final AtomicReference<Retraining.@Nullable Kept> latest = new AtomicReference<>();

    /// One that waits writes all that was said until it does.
    private final ThreadPoolExecutor writer = new ThreadPoolExecutor(
            0,
            1,
            IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            new ArrayBlockingQueue<>(1),
            Thread.ofPlatform().daemon().name("alerts retraining").factory(),
            new ThreadPoolExecutor.DiscardPolicy());

    /// @param folder which need not be there; null keeps nothing
    /// @param patience with the disk when it is closed
    RetrainingFile(@Nullable Path folder, Duration patience) {
        this.folder = folder;
        this.patience = patience;
    }

    /// What was written last. What cannot be read is told, and then there is nothing. Waits for the disk.
    Retraining.Kept read() {
        Path file = folder == null ? null : folder.resolve(NAME);
        if (file == null || !Files.exists(file)) {
            return Retraining.Kept.NOTHING;
        }
        try {
            return RetrainingJson.read(Files.readString(file));
        } catch (IOException | IllegalArgumentException e) {
            LOG.log(System.Logger.Level.ERROR, "the requests in " + file + " cannot be read and are forgotten", e);
            return Retraining.Kept.NOTHING;
        }
    }

    /// Has it written soon.
    void write(Retraining.Kept kept) {
        if (folder != null) {
            latest.set(kept);
            writer.execute(this::write);
        }
    }

    private void write() {
        Retraining.Kept kept = latest.getAndSet(null);
        Path inside = folder;
        if (kept == null || inside == null) {
            return;
        }
        try {
            Files.createDirectories(inside);
            DurableFile.replace(inside.resolve(NAME), RetrainingJson.write(kept));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "requests for retraining cannot be kept; a restart forgets them", e);
        }
    }

    /// Takes none any more, and waits until the last is written.
    @Override
    public void close() {
        writer.shutdown();
        try {
            if (!writer.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.log(System.Logger.Level.WARNING, "requests for retraining are not written after {0}", patience);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
