package dev.penstock.server.source.disk;

import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.store.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// Writes what comes in to a file and finds out what it is.
final class Incoming {
    private static final int PIECE_BYTES = 128 * 1024;

    private Incoming() {}

    /// What was written.
    ///
    /// @param bytes of the content
    record Content(String sha256, long bytes) {}

    /// Takes room on the disk.
    @FunctionalInterface
    interface Taking {
        void take(long bytes) throws IOException;
    }

    /// Returns once all of it is on the disk.
    ///
    /// @param room asked before each piece is written
    /// @param key to encrypt it, or null
    /// @throws IOException if the disk fails
    static Content write(Path file, InputStream content, long maxBytes, Taking room, @Nullable SealingKey key)
            throws IOException, GeneralSecurityException {
        MessageDigest digest = Digests.sha256();
        long total = 0;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            OutputStream raw = new Unclosed(Channels.newOutputStream(channel));
            try (OutputStream out = key == null ? raw : new SealedOutput(raw, key)) {
                byte[] piece = new byte[PIECE_BYTES];
                for (int count = read(content, piece); count >= 0; count = read(content, piece)) {
                    total += count;
                    if (total > maxBytes) {
                        throw new FetchException(
                                Reason.TOO_LARGE, "it has more than " + maxBytes + " bytes, the most that is taken");
                    }
                    room.take(count);
                    digest.update(piece, 0, count);
                    out.write(piece, 0, count);
                }
            }
            channel.force(true);
        }
        return new Content(HexFormat.of().formatHex(digest.digest()), total);
    }

    private static int read(InputStream content, byte[] piece) {
        try {
            return content.read(piece);
        } catch (IOException e) {
            throw new FetchException(Reason.UNREACHABLE, "it broke off: " + e.getMessage(), e);
        }
    }

    /// Leaves the file open for its sync.
    private static final class Unclosed extends OutputStream {
        private final OutputStream out;

        Unclosed(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int value) throws IOException {
            out.write(value);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }
    }
}
