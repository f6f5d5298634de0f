package dev.penstock.server.rest;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// Bodies in gzip's format.
final class Compression {
    /// Smaller answers are sent as they are: they fit into a packet or two, and compressing costs more than sending.
    private static final int MIN_BYTES = 8 * 1024;

    /// Larger ones are sent as they are, too: this much takes an event loop a few milliseconds, in which it does
    /// nothing for others.
    static final int MAX_BYTES = 256 * 1024;

    private static final int CHUNK_BYTES = 16 * 1024;

    private Compression() {}

    static boolean isWorth(int bytes) {
        return bytes >= MIN_BYTES && bytes <= MAX_BYTES;
    }

    /// @param plain released
    /// @return its compressed form, which belongs to the caller
    static ByteBuf gzip(ByteBuf plain) {
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

    /// @param compressed stays the caller's
    /// @param maxBytes what may come out
    /// @return the plain bytes, which belong to the caller
    /// @throws ServingException if it is no gzip stream, or has more bytes
    static ByteBuf gunzip(ByteBuf compressed, int maxBytes) {
        ByteBuf plain = compressed
                .alloc()
                .directBuffer(Math.clamp(4L * compressed.readableBytes(), 256, Math.max(256, maxBytes)));
        boolean whole = false;
        byte[] chunk = new byte[CHUNK_BYTES];
        try (InputStream in = new GZIPInputStream(new ByteBufInputStream(compressed.slice()), CHUNK_BYTES)) {
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                if (count > maxBytes - plain.readableBytes()) {
                    throw new ServingException(
                            ErrorCode.TOO_LARGE,
                            "the request body has more than %d bytes when decompressed (expected: at most as many)"
                                    .formatted(maxBytes));
                }
                plain.writeBytes(chunk, 0, count);
            }
            whole = true;
            return plain;
        } catch (IOException e) {
            throw ServingException.invalid("the request body is no complete gzip stream");
        } finally {
            if (!whole) {
                plain.release();
            }
        }
    }

    /// Numbers as text shrink by half at the fastest level, and little more at the others.
    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(OutputStream out) throws IOException {
            super(out);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
