package dev.penstock.server.feedback;

import static java.util.Objects.requireNonNull;

import dev.penstock.core.ModelKey;
import dev.penstock.server.store.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// How good versions were, in the data folder, if there is one; each in a file of its own that is there whole
/// or
/// not at all.
final class QualityBaselines {
    private static final System.Logger LOG = System.getLogger(QualityBaselines.class.getName());

    private final @Nullable Path folder;

    /// @param folder which need not be there; null keeps nothing
    QualityBaselines(@Nullable Path folder) {
        this.folder = folder;
    }

    @Nullable
    QualityBaseline find(ModelKey key) {
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
