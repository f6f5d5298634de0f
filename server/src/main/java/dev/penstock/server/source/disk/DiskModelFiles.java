package dev.penstock.server.source.disk;

import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.source.ModelFiles;
import dev.penstock.server.store.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// [ModelFiles] below a data folder: `files/` by hash, `incoming/` for what is being written, and `open/`
/// for the folders in use. The latter two are emptied at the start, and one process at a time may have a
/// data folder.
///
/// A file gets its name in `files/` only once all of it is on the disk and its hash is known, so what has
/// a name is complete; and its hash is computed anew each time it is put into a folder.
public final class DiskModelFiles implements ModelFiles, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(DiskModelFiles.class.getName());

    private final Path incoming;
    private final Path open;
    private final Shelf shelf;
    private final @Nullable SealingKey key;
    private final Leases leases = new Leases();
    private final Room room;
    private final Kept kept;
    private final InstantSource time;
    private final FileChannel lockFile;
    private final AtomicLong names = new AtomicLong();

    private DiskModelFiles(
            Path data, long maxBytes, @Nullable SealingKey key, InstantSource time, FileChannel lockFile) {
        this.incoming = data.resolve("incoming");
        this.open = data.resolve("open");
        this.shelf = new Shelf(data.resolve("files"));
        this.key = key;
        this.room = new Room(shelf, leases, maxBytes);
        this.kept = new Kept(shelf, key, room);
        this.time = time;
        this.lockFile = lockFile;
    }

    /// @param data the data folder, made if it is not there
    /// @param maxBytes that the files may have together
    /// @param key to encrypt all that is kept, and to read what was encrypted; or null. What lies there in
    ///     plain is encrypted first, which takes as long as writing it anew
    /// @param time for when a file was used last
    /// @throws FetchException with `DISK` if the folder cannot be used, or another process has it
    @MustBeClosed
    public static DiskModelFiles open(Path data, long maxBytes, @Nullable SealingKey key, InstantSource time) {
        try {
            Files.createDirectories(data);
            Durable.makeFolder(data.resolve("files"));
            FileChannel lockFile = FolderLock.take(data.resolve("files.lock"));
            Durable.deleteTree(data.resolve("incoming"));
            Durable.deleteTree(data.resolve("open"));
            Files.createDirectories(data.resolve("incoming"));
            Files.createDirectories(data.resolve("open"));
            DiskModelFiles files = new DiskModelFiles(data, maxBytes, key, time, lockFile);
            files.begin(data);
            return files;
        } catch (IOException | GeneralSecurityException e) {
            throw new FetchException(Reason.DISK, "the data folder " + data + " cannot be used: " + e, e);
        }
    }

    private void begin(Path data) throws IOException, GeneralSecurityException {
        boolean begun = false;
        try {
            if (key != null) {
                // What downloads left, and those leave nothing there any more.
                Durable.deleteTree(data.resolve("parts"));
                int count = new Sealer(shelf, incoming, key).sealAll();
                if (count > 0) {
                    LOG.log(System.Logger.Level.INFO, "{0} files that were kept in plain are encrypted now", count);
                }
            }
            room.count();
            begun = true;
        } finally {
            if (!begun) {
                lockFile.close();
            }
        }
    }

    private Path nextFile() {
        return incoming.resolve(names.incrementAndGet() + ".tmp");
    }

    @Override
    public StoredFile keep(String path, InputStream content, String sha256, long maxFileBytes) {
        Path file = nextFile();
        AtomicLong taken = new AtomicLong();
        try {
            Incoming.Content written = Incoming.write(file, content, maxFileBytes, bytes -> take(bytes, taken), key);
            if (!sha256.isEmpty() && !sha256.equals(written.sha256())) {
                throw new FetchException(
                        Reason.CORRUPT,
                        "%s has the sha256 %s (expected: %s)".formatted(path, written.sha256(), sha256));
            }
            StoredFile stored = new StoredFile(path, written.sha256(), written.bytes());
            publish(file, stored);
            return stored;
        } catch (ClosedByInterruptException e) {
            throw new FetchException(Reason.UNREACHABLE, path + " was given up", e);
        } catch (IOException | GeneralSecurityException e) {
            throw new FetchException(
                    Reason.DISK,
                    "%s cannot be written to %s, which has %d bytes free: %s"
                            .formatted(path, incoming, incoming.toFile().getUsableSpace(), e.getMessage()),
                    e);
        } finally {
            drop(file);
            room.giveBack(taken.get());
        }
    }

    private void take(long bytes, AtomicLong taken) throws IOException {
        room.take(bytes);
        taken.addAndGet(bytes);
    }

    private void publish(Path file, StoredFile stored) throws IOException {
        // Before it is there, so that no sweep takes it.
        leases.keep(stored.sha256());
        boolean published = false;
        try {
            Path target = shelf.fileOf(stored.sha256(), key != null);
            Durable.makeFolder(Durable.parentOf(target));
            Files.setLastModifiedTime(file, FileTime.from(time.instant()));
            put(file, target, stored.sha256());
            published = true;
        } finally {
            if (!published) {
                leases.settle(List.of(stored));
            }
        }
    }

    private void put(Path file, Path target, String sha256) throws IOException {
        shelf.changing().lock();
        try {
            boolean there = shelf.has(sha256);
            long before = shelf.bytes(sha256);
            // Also over one that is there: whatever became of that one, this one was just verified.
            Durable.move(file, target);
            Files.deleteIfExists(shelf.fileOf(sha256, key == null));
            if (!there) {
                room.brought(sha256);
            }
            room.changed(shelf.bytes(sha256) - before);
        } finally {
            shelf.changing().unlock();
        }
    }

    @Override
    public void settle(List<StoredFile> files) {
        leases.settle(files);
    }

    @Override
    public String lacking(List<StoredFile> files) {
        try {
            for (StoredFile file : files) {
                String reason = kept.lacking(file);
                if (!reason.isEmpty()) {
                    return "%s (sha256 %s) cannot be used: %s".formatted(file.path(), file.sha256(), reason);
                }
            }
            return "";
        } catch (IOException e) {
            throw new FetchException(Reason.DISK, "the kept files cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    @MustBeClosed
    public Folder folder(List<StoredFile> files) {
        leases.lease(files);
        Path folder = open.resolve(Long.toString(names.incrementAndGet()));
        boolean made = false;
        try {
            Files.createDirectory(folder);
            boolean sealed = false;
            for (StoredFile file : files) {
                sealed |= link(file, folder);
            }
            LinkedFolder linked = new LinkedFolder(this, folder, files, sealed);
            made = true;
            return linked;
        } catch (IOException e) {
            throw new FetchException(Reason.DISK, "the kept files cannot be used: " + e.getMessage(), e);
        } finally {
            if (!made) {
                release(folder, files);
            }
        }
    }

    /// @return whether it is sealed, and therefore not linked
    private boolean link(StoredFile file, Path folder) throws IOException {
        Shelf.Entry entry = kept.verified(file);
        Files.setLastModifiedTime(entry.file(), FileTime.from(time.instant()));
        if (!entry.sealed()) {
            Path link = folder.resolve(file.path());
            Files.createDirectories(Durable.parentOf(link));
            try {
                Files.createLink(link, entry.file());
            } catch (IOException | UnsupportedOperationException e) {
                Files.createSymbolicLink(link, entry.file().toAbsolutePath());
            }
        }
        return entry.sealed();
    }

    /// A kept file's content in plain.
    InputStream content(StoredFile file) throws IOException {
        return kept.open(file);
    }

    /// Ends what [#folder] began.
    void release(Path folder, List<StoredFile> files) {
        try {
            Durable.deleteTree(folder);
        } catch (IOException e) {
            // It holds only links, and is dropped at the next start.
        }
        leases.release(files);
    }

    @Override
    public void makeRoom(long bytes) {
        try {
            room.make(bytes);
        } catch (IOException e) {
            throw notSwept(e);
        }
    }

    @Override
    public void needs(Supplier<Optional<Needs>> needs) {
        room.needs(needs);
    }

    @Override
    public void sweep() {
        try {
            room.sweep();
        } catch (IOException e) {
            throw notSwept(e);
        }
    }

    private static FetchException notSwept(IOException cause) {
        return new FetchException(Reason.DISK, "the kept files cannot be swept: " + cause.getMessage(), cause);
    }

    private static void drop(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // It is tried again at the next start.
        }
    }

    /// Lets another process have the data folder; open folders are not touched.
    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (IOException e) {
            throw new FetchException(Reason.DISK, "files.lock cannot be closed: " + e.getMessage(), e);
        }
    }
}
