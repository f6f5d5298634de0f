package dev.penstock.server.rest;

import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.ModelFiles;
import dev.penstock.server.store.Digests;
import dev.penstock.server.store.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Keeps files in one folder by their hashes. What is being written is in another one.
public final class FolderFiles implements ModelFiles {
    private final Path kept;
    private final Path incoming;
    private final Semaphore ended = new Semaphore(0);

    public FolderFiles(Path folder) {
        try {
            this.kept = Files.createDirectories(folder.resolve("files"));
            this.incoming = Files.createDirectories(folder.resolve("incoming"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public StoredFile keep(String path, InputStream content, String sha256, long maxBytes) {
        try {
            Path file = Files.createTempFile(incoming, "", ".tmp");
            try {
                return keep(file, path, content, sha256, maxBytes);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new FetchException(FetchException.Reason.DISK, path + " cannot be written: " + e.getMessage(), e);
        } finally {
            ended.release();
        }
    }

    private StoredFile keep(Path file, String path, InputStream content, String sha256, long maxBytes)
            throws IOException {
        MessageDigest digest = Digests.sha256();
        long bytes = 0;
        byte[] chunk = new byte[8192];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int count = content.read(chunk); count >= 0; count = content.read(chunk)) {
                bytes += count;
                if (bytes > maxBytes) {
                    throw new FetchException(
                            FetchException.Reason.TOO_LARGE, path + " has more than " + maxBytes + " bytes");
                }
                digest.update(chunk, 0, count);
                out.write(chunk, 0, count);
            }
        }
        String found = HexFormat.of().formatHex(digest.digest());
        if (!sha256.isEmpty() && !sha256.equals(found)) {
            throw new FetchException(
                    FetchException.Reason.CORRUPT,
                    "%s has the sha256 %s (expected: %s)".formatted(path, found, sha256));
        }
        Files.move(file, kept.resolve(found), StandardCopyOption.REPLACE_EXISTING);
        return new StoredFile(path, found, bytes);
    }

    /// Waits until one more call of [#keep] has ended.
    void awaitEnd() throws InterruptedException {
        if (!ended.tryAcquire(20, TimeUnit.SECONDS)) {
            throw new AssertionError("nothing was kept or given up");
        }
    }

    /// The hashes of what is kept, and the names of what is being written.
    public List<String> names() {
        try (Stream<Path> files = Stream.concat(Files.list(kept), Files.list(incoming))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path file(String sha256) {
        return kept.resolve(sha256);
    }

    @Override
    public boolean has(List<StoredFile> files) {
        return files.stream().allMatch(file -> Files.exists(kept.resolve(file.sha256())));
    }

    @Override
    @MustBeClosed
    public Folder folder(List<StoredFile> files) {
        try {
            Path folder = Files.createTempDirectory(incoming, "folder");
            for (StoredFile file : files) {
                Path target = folder.resolve(file.path());
                Files.createDirectories(folder.resolve("./" + file.path() + "/..").normalize());
                Files.copy(kept.resolve(file.sha256()), target);
            }
            return new OpenFolder(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void sweep(Set<String> recorded) {
        try {
            for (String name : names()) {
                if (!recorded.contains(name)) {
                    Files.deleteIfExists(kept.resolve(name));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record OpenFolder(Path path) implements Folder {
        @Override
        public void close() {
            try (Stream<Path> all = Files.walk(path)) {
                for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
