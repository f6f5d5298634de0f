package dev.penstock.server.registry;

import java.nio.file.Path;
import java.util.List;

/// One version as it lies on disk.
///
/// @param number positive, the folder's name
/// @param files all that is in the folder, by name
/// @param problem why it must not be loaded, or ""
record VersionFolder(long number, Path path, List<FileStamp> files, String problem) {
    VersionFolder {
        files = List.copyOf(files);
    }
}
