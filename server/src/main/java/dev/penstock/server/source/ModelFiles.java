package dev.penstock.server.source;

import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.server.store.StoredFile;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// Verified files on this machine's disk, each there once however many versions have it. Thread-safe; blocks.
public interface ModelFiles {
    /// Reads a stream to its end and keeps it; durable when it returns. It stays until it is settled, and
    /// then as long as it is needed.
    ///
    /// @param path the file's path within its version
    /// @param sha256 that it must have, or ""
    /// @param maxBytes refuses more
    /// @throws FetchException if it is not what it must be, too large, or the disk fails; nothing stays
    ///     behind
    StoredFile keep(String path, InputStream content, String sha256, long maxBytes);

    /// Whatever was to become of files that [#keep] gave has: they are recorded by now, or nobody wants them.
    void settle(List<StoredFile> files);

    /// Why these files cannot be had here, by a look at their names, sizes and keys; "" if they can.
    String lacking(List<StoredFile> files);

    /// Whether all are here.
    default boolean has(List<StoredFile> files) {
        return lacking(files).isEmpty();
    }

    /// A folder with just these files under their paths, which stays until it is closed.
    ///
    /// @throws FetchException with `NOT_FOUND` if one is not here, with `CORRUPT` if its hash is another
    ///     (it is dropped then)
    @MustBeClosed
    Folder folder(List<StoredFile> files);

    /// Has that many bytes fit within the limit, if dropping what is not needed now can do that. Writing
    /// makes room as it goes; this says earlier that there is none.
    ///
    /// @throws FetchException with `DISK` and the numbers, if they cannot fit; nothing was dropped for
    ///     them
    void makeRoom(long bytes);

    /// Says from here on which files are needed, whenever that decides what may be dropped. Until then
    /// nothing is.
    ///
    /// @param needs empty while it is not known; it may block
    void needs(Supplier<Optional<Needs>> needs);

    /// Drops what no version has any more, and of the rest what was used longest ago until the limit is
    /// kept. What is not settled stays, and so does what is in an open folder.
    void sweep();

    /// Which files are needed.
    ///
    /// @param recorded the hashes of all recorded versions
    /// @param irreplaceable those of them that no source has, such as uploads: they are never dropped for
    ///     the limit
    /// @param foundStays whether nothing goes but what was first brought here by this process: all else may
    ///     be of a record that is still to be restored
    record Needs(Set<String> recorded, Set<String> irreplaceable, boolean foundStays) {
        /// Where nothing was ever recorded.
        public static final Needs NOTHING_RECORDED = new Needs(Set.of(), Set.of(), true);

        public Needs {
            recorded = Set.copyOf(recorded);
            irreplaceable = Set.copyOf(irreplaceable);
        }

        public Needs(Set<String> recorded, Set<String> irreplaceable) {
            this(recorded, irreplaceable, false);
        }
    }

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
