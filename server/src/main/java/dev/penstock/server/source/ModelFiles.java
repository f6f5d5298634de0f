package dev.penstock.server.source;

import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.server.store.StoredFile;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// Verified files on this machine's disk, each there once however many versions have it. Thread-safe; blocks.
public interface ModelFiles {
    /// Reads a stream to its end and keeps it; durable when it returns.
    ///
    /// @param path the file's path within its version
    /// @param sha256 that it must have, or ""
    /// @param maxBytes refuses more
    /// @throws FetchException if it is not what it must be, too large, or the disk fails; nothing stays
    ///     behind
    StoredFile keep(String path, InputStream content, String sha256, long maxBytes);

    /// Whether all are here, by name and size.
    boolean has(List<StoredFile> files);

    /// A folder with just these files under their paths, which stays until it is closed.
    ///
    /// @throws FetchException with `NOT_FOUND` if one is not here, with `CORRUPT` if its hash is another
    ///     (it is dropped then)
    @MustBeClosed
    Folder folder(List<StoredFile> files);

    /// Drops what no version has any more, and of the rest what was used longest ago until the limit is
    /// kept. What was kept within the last hour stays, since its record may be on its way, and so does
    /// what is in an open folder.
    ///
    /// @param recorded the hashes of all recorded versions
    /// @param irreplaceable those of them that no source has, such as uploads: they are never dropped for
    ///     the limit
    void sweep(Set<String> recorded, Set<String> irreplaceable);

    /// A version's files, not dropped while it is open.
    interface Folder extends AutoCloseable {
        /// Where they lie. They are shared with other folders: only for reading.
        ///
        /// @throws IllegalStateException if they are sealed
        Path path();

        /// Whether a file of them is encrypted on the disk, so that they can only be read into memory.
        boolean sealed();

        /// Reads one of them into memory of the arena, decrypted if need be.
        ///
        /// @param path as in its [StoredFile]
        /// @throws FetchException with `NOT_FOUND` if there is none of that path, with `CORRUPT` if it
        ///     was changed
        MemorySegment read(String path, Arena arena);

        @Override
        void close();
    }
}
