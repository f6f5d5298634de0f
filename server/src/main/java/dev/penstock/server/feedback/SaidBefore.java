package dev.penstock.server.feedback;

import dev.penstock.monitor.feedback.Repeats;
import dev.penstock.server.store.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What was said before, and is not to count again: in memory, and in a file of the data folder, if there is
/// one, so that a restart is no second chance. For one thread at a time, but for [#repeats] and [#write].
final class SaidBefore {
    /// How long what is said may be in memory only.
    private static final long KEPT_EACH_MILLIS = 60_000;

    private static final System.Logger LOG = System.getLogger(SaidBefore.class.getName());

    private final @Nullable Path file;
    private final ReentrantLock reading = new ReentrantLock();

    private volatile @Nullable Repeats repeats;

    /// Things that were in it when it was to be kept last, and when that was.
    private long added;

    private long keptMillis;

    /// Whether what was to be kept is not.
    private final AtomicBoolean unwritten = new AtomicBoolean();

    /// @param file which need not be there; null keeps nothing
    SaidBefore(@Nullable Path file) {
        this.file = file;
    }

    /// Waits for the disk the first time; any thread.
    Repeats repeats() {
        Repeats known = repeats;
        return known == null ? firstRepeats() : known;
    }

    private Repeats firstRepeats() {
        reading.lock();
        try {
            Repeats known = repeats;
            if (known == null) {
                known = read();
                repeats = known;
            }
            return known;
        } finally {
            reading.unlock();
        }
    }

    private Repeats read() {
        if (file != null && Files.exists(file)) {
            try {
                return Repeats.of(FeedbackSettings.REMEMBERED, Files.readAllBytes(file));
            } catch (IOException | IllegalArgumentException e) {
                LOG.log(System.Logger.Level.WARNING, "what was said before is not known, and may be said again", e);
            }
        }
        return new Repeats(FeedbackSettings.REMEMBERED);
    }

    /// What is to be kept, if it is time and there is more than is kept.
    ///
    /// @param now whether it is time anyway
    byte @Nullable [] news(long nowMillis, boolean now) {
        Repeats known = repeats;
        boolean isDue = now || Math.abs(nowMillis - keptMillis) >= KEPT_EACH_MILLIS;
        if (file == null || known == null || !isDue) {
            return null;
        }
        boolean more = unwritten.getAndSet(false) || known.added() != added;
        added = known.added();
        keptMillis = nowMillis;
        return more ? known.toBytes() : null;
    }

    /// Waits for the disk; any thread.
    void write(byte[] said) {
        Path target = file;
        if (target == null) {
            return;
        }
        try {
            DurableFile.replace(target, said);
        } catch (IOException | RuntimeException | Error e) {
            // It is of a thread that has to go on.
            unwritten.set(true);
            LOG.log(
                    System.Logger.Level.WARNING,
                    "what was said cannot be kept; after a restart it may be said again",
                    e);
        }
    }
}
