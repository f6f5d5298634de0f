package dev.penstock.server.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A process that looks at who has a record open, for as long as its input is open: it says so, and says when
/// it is over.
final class LockHolder {
    private LockHolder() {}

    /// @param args the lock's file
    public static void main(String[] args) throws IOException {
        try (FileChannel channel = FileChannel.open(Path.of(args[0]), StandardOpenOption.READ);
                FileLock lock = channel.lock(0, Long.MAX_VALUE, true)) {
            System.out.println(lock.isShared());
            while (System.in.read() >= 0) {
                // Not over yet.
            }
        }
        System.out.println("over");
    }
}
