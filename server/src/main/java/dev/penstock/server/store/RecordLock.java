package dev.penstock.server.store;

import static java.util.Objects.requireNonNull;

import dev.penstock.server.store.StoreException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Keeps a second server from a record in a file. The system takes the lock back from a process that dies.
final class RecordLock implements AutoCloseable {
    /// The system's lock belongs to the whole process, which loses it when it closes any channel to the file:
    /// so a second one must not even be opened.
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    /// Who only looks at the record holds the lock for a moment: a server that starts then waits for that.
    private static final int TRIES = 10;

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Path file;
    private final FileChannel channel;

    private RecordLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /// @param record whose folder exists
    static RecordLock take(Path record) throws IOException {
        return take(record, () -> LockSupport.parkNanos(PAUSE_NANOS));
    }

    /// The same.
    ///
    /// @param pause waits before another try
    static RecordLock take(Path record, Runnable pause) throws IOException {
        Path file = requireNonNull(record.toAbsolutePath().getParent())
                .toRealPath()
                .resolve(record.getFileName() + ".lock");
        if (!HELD.add(file)) {
            throw inUse(record, "this process");
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            for (int tries = 1; lock == null && tries < TRIES; tries++) {
                pause.run();
                lock = channel.tryLock();
            }
            if (lock == null) {
                throw inUse(record, "process " + Files.readString(file).strip());
            }
            channel.truncate(0);
            String process = ProcessHandle.current().pid() + "\n";
            channel.write(ByteBuffer.wrap(process.getBytes(StandardCharsets.US_ASCII)));
            return new RecordLock(file, channel);
        } catch (IOException | RuntimeException e) {
            if (channel != null) {
                channel.close();
            }
            HELD.remove(file);
            throw e;
        }
    }

    /// Who has that record open, in words.
    ///
    /// @param record may be missing
    static Optional<String> holder(Path record) throws IOException {
        Path lockFile = record.toAbsolutePath().resolveSibling(record.getFileName() + ".lock");
        if (!Files.exists(lockFile)) {
            return Optional.empty();
        }
        Path file = lockFile.toRealPath();
        if (!HELD.add(file)) {
            return Optional.of("this process");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
            return lock == null
                    ? Optional.of("process " + Files.readString(file).strip())
                    : Optional.empty();
        } finally {
            HELD.remove(file);
        }
    }

    private static StoreException inUse(Path record, String by) {
        return new StoreException(
                Reason.UNAVAILABLE,
                ("%s is in use by %s: such a file is one server's; stop that one first, or give all of them a PostgreSQL"
                                + " database")
                        .formatted(record, by));
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException _) {
            // Nothing was written that matters, and the lock is gone either way.
        } finally {
            HELD.remove(file);
        }
    }
}
