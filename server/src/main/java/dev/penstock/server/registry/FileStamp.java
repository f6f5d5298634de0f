package dev.penstock.server.registry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;

/// Enough of a file to see that it was replaced.
///
/// @param name relative to the version's folder
/// @param changed when its content or its attributes were changed last, which no program can set back; as
///     `modified` where the file system does not say
/// @param identity tells it from another of its name, where the file system can; else ""
/// @param sha256 of its content, or "" while nobody has read it
record FileStamp(String name, long byteSize, FileTime modified, FileTime changed, String identity, String sha256) {

    /// One of which only that much is known.
    FileStamp(String name, long byteSize, FileTime modified) {
        this(name, byteSize, modified, modified, "", "");
    }

    /// Looks at a file, but not into it.
    static FileStamp of(String name, Path file, BasicFileAttributes attributes) throws IOException {
        boolean unix = file.getFileSystem().supportedFileAttributeViews().contains("unix");
        FileTime modified = attributes.lastModifiedTime();
        FileTime changed = unix ? (FileTime) Files.getAttribute(file, "unix:ctime") : modified;
        Object key = attributes.fileKey();
        return new FileStamp(name, attributes.size(), modified, changed, key == null ? "" : key.toString(), "");
    }

    FileStamp withHash(String hash) {
        return new FileStamp(name, byteSize, modified, changed, identity, hash);
    }

    /// Nobody wrote to it, or put another in its place.
    boolean isUntouched(FileStamp other) {
        return name.equals(other.name)
                && byteSize == other.byteSize
                && modified.equals(other.modified)
                && changed.equals(other.changed)
                && identity.equals(other.identity);
    }

    /// Its content is the same: by its hash where both were read, else because nobody touched it.
    boolean isSameAs(FileStamp other) {
        boolean bothRead = !sha256.isEmpty() && !other.sha256.isEmpty();
        if (!bothRead) {
            return isUntouched(other);
        }
        return name.equals(other.name) && byteSize == other.byteSize && sha256.equals(other.sha256);
    }

    /// All of them are the same.
    static boolean areSame(List<FileStamp> ones, List<FileStamp> others) {
        if (ones.size() != others.size()) {
            return false;
        }
        for (int i = 0; i < ones.size(); i++) {
            if (!ones.get(i).isSameAs(others.get(i))) {
                return false;
            }
        }
        return true;
    }

    /// Nobody touched any of them.
    static boolean areUntouched(List<FileStamp> ones, List<FileStamp> others) {
        if (ones.size() != others.size()) {
            return false;
        }
        for (int i = 0; i < ones.size(); i++) {
            if (!ones.get(i).isUntouched(others.get(i))) {
                return false;
            }
        }
        return true;
    }
}
