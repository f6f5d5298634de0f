package dev.penstock.server.registry;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.batching.Background;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.source.ModelFiles;
import dev.penstock.server.store.SharedFiles;
import dev.penstock.server.store.StoredFile;
import dev.penstock.server.store.VersionRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Shares uploads through the database that has the record.
public final class StoredUploads implements UploadSharing {
    private final Supplier<SharedFiles> opener;
    private final ModelFiles files;
    private final Path scratch;
    private final AtomicLong names = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private @Nullable SharedFiles opened;

    /// @param opener opens them, at their first use
    /// @param scratch a folder on the disk that the files are on, emptied at the start
    public StoredUploads(Supplier<SharedFiles> opener, ModelFiles files, Path scratch) {
        this.opener = opener;
        this.files = files;
        this.scratch = scratch;
    }

    private SharedFiles shared() {
        lock.lock();
        try {
            SharedFiles now = opened;
            if (now == null) {
                now = opener.get();
                opened = now;
            }
            return now;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void share(VersionRecord version) {
        // Its connections have threads of their own, which must not be behind all others.
        SharedFiles shared = shared();
        Background.run("model-check", () -> put(version, shared));
    }

    private void put(VersionRecord version, SharedFiles shared) {
        try (ModelFiles.Folder folder = files.folder(version.files())) {
            version.files().forEach(file -> shared.put(file, folder.path().resolve(file.path())));
        }
    }

    @Override
    public boolean fetch(VersionRecord version) {
        SharedFiles shared = shared();
        return Background.call("model-fetch", () -> fetchLacking(version, shared));
    }

    private boolean fetchLacking(VersionRecord version, SharedFiles shared) {
        for (StoredFile file : version.files()) {
            if (!files.has(List.of(file)) && !fetch(file, shared)) {
                return false;
            }
        }
        return true;
    }

    private boolean fetch(StoredFile file, SharedFiles shared) {
        Path target = scratch.resolve("shared-" + names.incrementAndGet());
        try {
            if (!shared.fetch(file, target)) {
                return false;
            }
            try (InputStream content = Files.newInputStream(target)) {
                StoredFile kept = files.keep(file.path(), content, file.sha256(), file.bytes());
                files.settle(List.of(kept));
                return kept.equals(file);
            }
        } catch (IOException e) {
            throw new FetchException(Reason.DISK, file.path() + " cannot be read: " + e.getMessage(), e);
        } finally {
            drop(target);
        }
    }

    private static void drop(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // It is dropped at the next start.
        }
    }

    @Override
    public void sweep() {
        int _ = shared().sweep();
    }

    @Override
    public void close() {
        lock.lock();
        try {
            SharedFiles now = opened;
            opened = null;
            if (now != null) {
                now.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
