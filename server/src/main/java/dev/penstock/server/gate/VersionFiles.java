package dev.penstock.server.gate;

import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.ModelFiles;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Reads what lies beside a model.
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

    /// Kept files, decrypted if need be, for as long as their folder is open.
    static VersionFiles of(ModelFiles.Folder folder) {
        return folder.sealed() ? sealed(folder) : in(folder.path());
    }

    private static VersionFiles sealed(ModelFiles.Folder folder) {
        return (path, maxBytes) -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment content = folder.read(path, arena);
                if (content.byteSize() > maxBytes) {
                    throw new IOException("it has %d bytes (expected: <= %d)".formatted(content.byteSize(), maxBytes));
                }
                return content.toArray(ValueLayout.JAVA_BYTE);
            } catch (FetchException e) {
                if (e.reason() == FetchException.Reason.NOT_FOUND) {
                    return null;
                }
                // This machine's trouble, and so no verdict.
                throw e;
            }
        };
    }
}
