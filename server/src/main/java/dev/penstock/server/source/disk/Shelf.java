package dev.penstock.server.source.disk;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where each file lies: `files/ab/<sha256>`, and `.sealed` after it if it is encrypted.
final class Shelf {
    private static final String SEALED = ".sealed";
    private static final Pattern NAME = Pattern.compile("([0-9a-f]{64})(\\.sealed)?");

    private final Path root;
    private final ReentrantLock changing = new ReentrantLock();

    Shelf(Path root) {
        this.root = root;
    }

    /// One file.
    ///
    /// @param bytes on the disk
    record Entry(Path file, String sha256, boolean sealed, long bytes, Instant used) {}

    /// Held by whoever puts a file here, or drops one as damaged, and counts its bytes.
    ReentrantLock changing() {
        return changing;
    }

    Path fileOf(String sha256, boolean sealed) {
        return root.resolve(sha256.substring(0, 2)).resolve(sealed ? sha256 + SEALED : sha256);
    }

    /// The file with that content, if it is here in full.
    ///
    /// @param bytes of its content
    @Nullable
    Entry find(String sha256, long bytes) throws IOException {
        @Nullable Entry plain = entry(fileOf(sha256, false));
        if (plain != null && plain.bytes() == bytes) {
            return plain;
        }
        @Nullable Entry sealed = entry(fileOf(sha256, true));
        return sealed != null && sealed.bytes() == SealFormat.sealedBytes(bytes) ? sealed : null;
    }

    /// Whether a content is here, sealed or plain, if only nothing of it.
    boolean has(String sha256) throws IOException {
        return entry(fileOf(sha256, false)) != null || entry(fileOf(sha256, true)) != null;
    }

    /// What is on the disk of a content, sealed and plain.
    long bytes(String sha256) throws IOException {
        @Nullable Entry plain = entry(fileOf(sha256, false));
        @Nullable Entry sealed = entry(fileOf(sha256, true));
        return (plain == null ? 0 : plain.bytes()) + (sealed == null ? 0 : sealed.bytes());
    }

    /// All files. What lies there and is not named like one of ours is left alone.
    List<Entry> entries() throws IOException {
        List<Entry> found = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(root, Files::isDirectory)) {
            for (Path folder : folders) {
                addAll(folder, found);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return found;
    }

    private static void addAll(Path folder, List<Entry> found) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                @Nullable Entry entry = entry(file);
                if (entry != null) {
                    found.add(entry);
                }
            }
        }
    }

    private static @Nullable Entry entry(Path file) throws IOException {
        Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
        if (!name.matches()) {
            return null;
        }
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.isRegularFile()
                    ? new Entry(
                            file,
                            name.group(1),
                            name.group(2) != null,
                            attributes.size(),
                            attributes.lastModifiedTime().toInstant())
                    : null;
        } catch (NoSuchFileException e) {
            return null;
        }
    }
}
