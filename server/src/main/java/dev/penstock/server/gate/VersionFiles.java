package dev.penstock.server.gate;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Reads what lies beside a model. Whoever keeps files encrypted decrypts them here.
@FunctionalInterface
public interface VersionFiles {
    /// @param path relative to the version's folder
    /// @return its bytes, or null if there is no such file
    /// @throws IOException if it cannot be read or has more than `maxBytes`
    byte @Nullable [] read(String path, int maxBytes) throws IOException;

    /// Plain files below a folder.
    static VersionFiles in(Path folder) {
        return (path, maxBytes) -> {
            Path file = folder.resolve(path);
            if (!Files.isRegularFile(file)) {
                return null;
            }
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(maxBytes);
                if (in.read() >= 0) {
                    throw new IOException("it has %d bytes (expected: <= %d)".formatted(Files.size(file), maxBytes));
                }
                return bytes;
            }
        };
    }
}
