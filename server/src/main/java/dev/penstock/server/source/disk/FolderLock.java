package dev.penstock.server.source.disk;

import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Keeps a folder to one process.
final class FolderLock {
    private FolderLock() {}

    /// @return gives the lock back when it is closed
    /// @throws FetchException with `DISK` if another has it
    static FileChannel take(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            @Nullable FileLock held = channel.tryLock();
            if (held != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // Held by this very process: as bad.
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new FetchException(
                Reason.DISK, "another process has the data folder " + file.getParent() + "; each needs one of its own");
    }
}
