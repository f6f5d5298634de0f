package dev.penstock.server.registry;

import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.server.source.ModelFiles;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;

/// One version as it lies on disk.
///
/// @param number positive
/// @param files all that is in it, by name
/// @param problem why it must not be loaded, or ""
/// @param opening gives its files for as long as they are needed
record VersionFolder(long number, List<FileStamp> files, String problem, Opening opening) {
    VersionFolder {
        files = List.copyOf(files);
    }

    /// One that stays where it is.
    VersionFolder(long number, Path path, List<FileStamp> files, String problem) {
        this(number, files, problem, () -> new Standing(path));
    }

    /// Where the files are, and that they stay there.
    @FunctionalInterface
    interface Opening {
        /// @throws dev.penstock.server.source.FetchException if they are not there, or damaged
        @MustBeClosed
        ModelFiles.Folder open();
    }

    /// What is on disk is the same, whoever gives it.
    boolean isSameAs(VersionFolder other) {
        return number == other.number && FileStamp.areSame(files, other.files) && problem.equals(other.problem);
    }

    /// Nobody touched what is on the disk.
    boolean isUntouched(VersionFolder other) {
        return number == other.number && FileStamp.areUntouched(files, other.files) && problem.equals(other.problem);
    }

    /// A folder that somebody else looks after.
    private record Standing(Path path) implements ModelFiles.Folder {
        @Override
        public boolean sealed() {
            return false;
        }

        @Override
        public MemorySegment read(String file, Arena arena) {
            throw new UnsupportedOperationException("plain files are read from " + path);
        }

        @Override
        public void close() {
            // It stays.
        }
    }
}
