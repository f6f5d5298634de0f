package dev.penstock.server.accesslog;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Where lines go: a file, or a stream of the process. Confined to one thread.
public abstract sealed class LineOutput implements AutoCloseable {
    /// Appends whole lines, all of them or, if it throws, perhaps some.
    abstract void write(byte[] lines) throws IOException;

    @Override
    public void close() throws IOException {}

    /// Appends to that file, and makes it anew where it was moved away or removed, as programs do that rotate logs.
    ///
    /// @throws IOException if it cannot be opened
    public static LineOutput to(Path file) throws IOException {
        return new ToFile(file);
    }

    /// @param stream stays open
    public static LineOutput to(OutputStream stream) {
        return new ToStream(stream);
    }

    private static final class ToStream extends LineOutput {
        private final OutputStream stream;

        ToStream(OutputStream stream) {
            this.stream = stream;
        }

        @Override
        void write(byte[] lines) throws IOException {
            stream.write(lines);
            stream.flush();
        }

        @Override
        public String toString() {
            return "a stream";
        }
    }

    private static final class ToFile extends LineOutput {
        private final Path file;
        private FileChannel channel;
        private @Nullable Object key;

        ToFile(Path file) throws IOException {
            this.file = file;
            this.channel = open(file);
            this.key = keyOf(file);
        }

        private static FileChannel open(Path file) throws IOException {
            return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        }

        /// @return null if there is no such file
        private static @Nullable Object keyOf(Path file) throws IOException {
            try {
                return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
            } catch (NoSuchFileException e) {
                return null;
            }
        }

        @Override
        void write(byte[] lines) throws IOException {
            Object now = keyOf(file);
            if (now == null || !Objects.equals(now, key)) {
                FileChannel old = channel;
                channel = open(file);
                key = keyOf(file);
                old.close();
            }
            ByteBuffer rest = ByteBuffer.wrap(lines);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }

        @Override
        public String toString() {
            return file.toString();
        }
    }
}
