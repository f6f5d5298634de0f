package dev.penstock.server.feedback;

import static java.util.Objects.requireNonNull;

import dev.penstock.core.ModelKey;
import dev.penstock.server.store.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// How good versions were, in the data folder, if there is one; each in a file of its own that is there whole
/// or
/// not at all. Thread-safe but for [#write] and [#keep], which are for one thread at a time.
final class QualityBaselines {
    private static final System.Logger LOG = System.getLogger(QualityBaselines.class.getName());

    /// That are known and not written, at most, however long the disk hangs.
    private static final int MOST_UNWRITTEN = 1_000;

    private final @Nullable Path folder;
    private final Map<ModelKey, QualityBaseline> unwritten = new ConcurrentHashMap<>();

    /// @param folder which need not be there; null keeps nothing
    QualityBaselines(@Nullable Path folder) {
        this.folder = folder;
    }

    /// Has it known from now on, and written by the next [#write]. Waits for no disk.
    void remember(ModelKey key, QualityBaseline baseline) {
        if (folder == null) {
            return;
        }
        if (unwritten.size() >= MOST_UNWRITTEN) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "how good {0} is is not kept: {1} others are not written yet",
                    key,
                    unwritten.size());
            return;
        }
        unwritten.put(key, baseline);
    }

    /// What was remembered of it is not true any more.
    void drop(ModelKey key) {
        unwritten.remove(key);
    }

    /// Writes what was remembered.
    void write() {
        unwritten.forEach((key, baseline) -> {
            try {
                keep(key, baseline);
            } catch (IOException e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "how good " + key + " is cannot be kept; after a restart it is learnt again",
                        e);
            }
            // Not before: who looks for it meanwhile finds it here. What was remembered since then stays.
            unwritten.remove(key, baseline);
        });
    }

    /// Waits for the disk, unless it is not written yet.
    @Nullable
    QualityBaseline find(ModelKey key) {
        QualityBaseline remembered = unwritten.get(key);
        if (remembered != null) {
            return remembered;
        }
        Path file = file(key);
        if (file == null || !Files.exists(file)) {
            return null;
        }
        try {
            return QualityBaseline.read(Files.readString(file));
        } catch (IOException | IllegalArgumentException e) {
            LOG.log(System.Logger.Level.ERROR, "the quality in " + file + " cannot be read and is left out", e);
            return null;
        }
    }

    /// @throws IOException if it cannot be kept; then nothing has changed
    void keep(ModelKey key, QualityBaseline baseline) throws IOException {
        Path file = file(key);
        if (file == null) {
            return;
        }
        Files.createDirectories(requireNonNull(file.getParent()));
        DurableFile.replace(file, baseline.json());
    }

    private @Nullable Path file(ModelKey key) {
        Path all = folder;
        return all == null ? null : all.resolve(key.name()).resolve(key.version() + ".json");
    }
}
