package dev.penstock.server.grpc.door;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.fast.Staging;
import dev.penstock.server.wire.MessageLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// Compressed messages, in both directions. Confined to one event loop.
final class Gzip {
    private static final int CHUNK_BYTES = 16 * 1024;
    private static final int FIRST_BYTES = 64 * 1024;

    private final Staging staging;
    private final int maxMessageBytes;
    private final byte[] chunk = new byte[CHUNK_BYTES];

    Gzip(Staging staging, int maxMessageBytes) {
        this.staging = staging;
        this.maxMessageBytes = maxMessageBytes;
    }

    /// @return the message, to be given back to [Staging]
    /// @throws ServingException if it is no gzip stream, or larger than a message or the memory for messages
    ///     may be
    ByteBuf inflate(long address, int bytes) {
        ByteBuf compressed =
                Unpooled.wrappedBuffer(Memory.ALL.asSlice(address, bytes).asByteBuffer());
        ByteBuf message = taken(staging.tryTakeWhole(FIRST_BYTES));
        try (InputStream in = new GZIPInputStream(new ByteBufInputStream(compressed))) {
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                message = withRoom(message, count);
                message.writeBytes(chunk, 0, count);
            }
            return message;
        } catch (IOException e) {
            staging.give(message);
            throw MessageLimits.malformed("ModelInferRequest", "the compressed message is no complete gzip stream");
        } finally {
            compressed.release();
        }
    }

    private ByteBuf withRoom(ByteBuf message, int more) {
        if (message.capacity() - message.readableBytes() >= more && message.readableBytes() + more <= maxMessageBytes) {
            return message;
        }
        if (message.readableBytes() + more > maxMessageBytes) {
            staging.give(message);
            throw MessageLimits.tooLargeDecompressed(maxMessageBytes);
        }
        return taken(staging.tryGrow(message, more, Math.max(maxMessageBytes, FIRST_BYTES)));
    }

    private static ByteBuf taken(@Nullable ByteBuf buffer) {
        if (buffer == null) {
            throw new ServingException(
                    ErrorCode.OVERLOADED, "the server holds as many bytes of requests as it may; try again later");
        }
        return buffer;
    }

    /// Replaces a framed message by its compressed form.
    ///
    /// @param framed with its prefix; released
    ByteBuf deflate(ByteBuf framed) {
        ByteBuf compressed = framed.alloc().directBuffer(Math.max(framed.readableBytes() / 2, CHUNK_BYTES));
        compressed.writeByte(1).writeInt(0);
        framed.skipBytes(MessageAssembler.PREFIX_BYTES);
        try (OutputStream out = new GZIPOutputStream(new ByteBufOutputStream(compressed))) {
            framed.readBytes(out, framed.readableBytes());
        } catch (IOException e) {
            throw new IllegalStateException("compressing in memory failed", e);
        } finally {
            framed.release();
        }
        return compressed.setInt(1, compressed.readableBytes() - MessageAssembler.PREFIX_BYTES);
    }
}
