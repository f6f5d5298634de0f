package dev.penstock.server.rest;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/// Bodies in gzip's format.
final class Compression {
    /// Smaller answers are sent as they are: they fit into a packet or two, and compressing costs more than sending.
    private static final int MIN_BYTES = 8 * 1024;

    Compression() {}

    boolean isWorth(int bytes) {
        return bytes >= MIN_BYTES;
    }

    /// @param plain released
    /// @return its compressed form, which belongs to the caller
    ByteBuf gzip(ByteBuf plain) {
        ByteBuf compressed = plain.alloc().directBuffer(plain.readableBytes() / 2);
        try (OutputStream out = new FastGzip(new ByteBufOutputStream(compressed));
                ByteBufInputStream in = new ByteBufInputStream(plain)) {
            in.transferTo(out);
        } catch (IOException e) {
            throw new IllegalStateException("compressing in memory failed", e);
        } finally {
            plain.release();
        }
        return compressed;
    }

    /// Numbers as text shrink by half at the fastest level, and little more at the others.
    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(OutputStream out) throws IOException {
            super(out);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
