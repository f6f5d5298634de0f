package dev.penstock.server.feedback;

import dev.penstock.core.ModelKey;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
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
        Path own = file.resolveSibling("");
        Files.createDirectories(own);
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(part, baseline.json());
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private @Nullable Path file(ModelKey key) {
        Path all = folder;
        return all == null ? null : all.resolve(key.name()).resolve(key.version() + ".json");
    }
}
