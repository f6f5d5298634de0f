package dev.penstock.server.rest;

import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.server.source.ModelFiles;
import dev.penstock.server.source.disk.DiskModelFiles;
import dev.penstock.server.store.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The real files of a data folder, which a test can look into.
public final class FolderFiles implements ModelFiles, AutoCloseable {
    private static final long MAX_BYTES = 1L << 30;

    private final Path data;
    private final DiskModelFiles files;
    private final Semaphore begun = new Semaphore(0);
    private final Semaphore ended = new Semaphore(0);
    private final Semaphore turn = new Semaphore(1);

    @SuppressWarnings("MustBeClosedChecker") // By close().
    public FolderFiles(Path data) {
        this.data = data;
        this.files = DiskModelFiles.open(data, MAX_BYTES, null, InstantSource.system());
    }

    @Override
    public StoredFile keep(String path, InputStream content, String sha256, long maxBytes) {
        begun.release();
        turn.acquireUninterruptibly();
        turn.release();
        try {
            return files.keep(path, content, sha256, maxBytes);
        } finally {
            ended.release();
        }
    }

    /// Has files that come from now on wait, until [#goOn].
    public void hold() {
        turn.acquireUninterruptibly();
    }

    public void goOn() {
        turn.release();
    }

    /// Waits until so many more calls of [#keep] have begun.
    public void awaitBegun(int calls) throws InterruptedException {
        if (!begun.tryAcquire(calls, 120, TimeUnit.SECONDS)) {
            throw new AssertionError("fewer than %d files came".formatted(calls));
        }
    }

    /// Waits until one more call of [#keep] has ended.
    public void awaitEnd() throws InterruptedException {
        if (!ended.tryAcquire(120, TimeUnit.SECONDS)) {
            throw new AssertionError("nothing was kept or given up");
        }
    }

    /// The hashes of what is kept, and the names of what is being written.
    public List<String> names() {
        List<String> names = new ArrayList<>(names("files"));
        names.addAll(names("incoming"));
        return names;
    }

    private List<String> names(String folder) {
        try (Stream<Path> all = Files.walk(data.resolve(folder))) {
            return all.filter(Files::isRegularFile)
                    .map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Where that content is kept.
    public Path file(String sha256) {
        return data.resolve("files").resolve(sha256.substring(0, 2)).resolve(sha256);
    }

    @Override
    public void settle(List<StoredFile> kept) {
        files.settle(kept);
    }

    @Override
    public String lacking(List<StoredFile> wanted) {
        return files.lacking(wanted);
    }

    @Override
    public void makeRoom(long bytes) {
        files.makeRoom(bytes);
    }

    @Override
    public void needs(Supplier<Optional<Needs>> needs) {
        files.needs(needs);
    }

    @Override
    @MustBeClosed
    public Folder folder(List<StoredFile> wanted) {
        return files.folder(wanted);
    }

    @Override
    public void sweep() {
        files.sweep();
    }

    @Override
    public void close() {
        files.close();
    }
}
