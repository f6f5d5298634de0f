package dev.penstock.server.payload;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/// A file that is written from its beginning to its end. Confined to one thread.
interface Disk extends AutoCloseable {
    /// All of it, or it throws and a part of it may be there.
    void write(byte[] bytes, int from, int count) throws IOException;

    /// Only so many bytes are left, and what comes next follows them.
    void cut(long length) throws IOException;

    /// What was written stays after a crash.
    void force() throws IOException;

    @Override
    void close() throws IOException;

    /// By no channel: those are closed, in the middle of what is written, when their thread is told to stop,
    /// and keep native memory for as much as was ever written at once.
    ///
    /// @param path that is there and empty
    static Disk of(Path path) throws IOException {
        RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
        return new Disk() {
            @Override
            public void write(byte[] bytes, int from, int count) throws IOException {
                file.write(bytes, from, count);
            }

            @Override
            public void cut(long length) throws IOException {
                file.setLength(length);
                file.seek(length);
            }

            @Override
            public void force() throws IOException {
                file.getFD().sync();
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }
}
