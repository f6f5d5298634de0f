package dev.penstock.server.grpc.door;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.fast.Staging;
import dev.penstock.server.wire.MessageLimit;
import dev.penstock.server.wire.MessageLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// Compressed messages, in both directions. Confined to one event loop.
final class Gzip implements AutoCloseable {
    private static final int CHUNK_BYTES = 16 * 1024;
    private static final int FIRST_BYTES = 64 * 1024;

    /// Deflated, without name, time or comment, from an unknown system.
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, Deflater.DEFLATED, 0, 0, 0, 0, 0, 0, (byte) 0xff};

    private final Staging staging;
    private final MessageLimit limit;
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private final CRC32 checksum = new CRC32();

    /// Of native memory, from the first answer on that is compressed.
    private @Nullable Deflater deflater;

    Gzip(Staging staging, MessageLimit limit) {
        this.staging = staging;
        this.limit = limit;
    }

    /// @return the message, to be given back to [Staging]
    /// @throws ServingException if it is no gzip stream, or larger than a message or the memory for messages
    ///     may be
    ByteBuf inflate(long address, int bytes) {
        ByteBuf compressed =
                Unpooled.wrappedBuffer(Memory.ALL.asSlice(address, bytes).asByteBuffer());
        ByteBuf message = taken(staging.tryTakeWhole(FIRST_BYTES), FIRST_BYTES);
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
        if (message.capacity() - message.readableBytes() >= more && message.readableBytes() + more <= limit.bytes()) {
            return message;
        }
        if (message.readableBytes() + more > limit.bytes()) {
            staging.give(message);
            throw limit.tooLargeDecompressed();
        }
        int present = message.readableBytes();
        return taken(staging.tryGrow(message, more, Math.max(limit.bytes(), FIRST_BYTES)), present + more);
    }

    private ByteBuf taken(@Nullable ByteBuf buffer, int bytes) {
        if (buffer == null) {
            throw new ServingException(ErrorCode.OVERLOADED, staging.refusal(bytes));
        }
        return buffer;
    }

    /// Replaces a framed message by its compressed form.
    ///
    /// @param framed with its prefix; released
    ByteBuf deflate(ByteBuf framed) {
        framed.skipBytes(MessageAssembler.PREFIX_BYTES);
        int plainBytes = framed.readableBytes();
        ByteBuf compressed = framed.alloc().directBuffer(Math.max(plainBytes / 2, CHUNK_BYTES));
        compressed.writeByte(1).writeInt(0).writeBytes(HEADER);
        Deflater engine = deflater();
        try {
            ByteBuffer plain = framed.nioBuffer();
            checksum.reset();
            checksum.update(plain.duplicate());
            engine.setInput(plain);
            engine.finish();
            while (!engine.finished()) {
                compressed.ensureWritable(CHUNK_BYTES);
                int count = engine.deflate(compressed.nioBuffer(compressed.writerIndex(), compressed.writableBytes()));
                compressed.writerIndex(compressed.writerIndex() + count);
            }
        } finally {
            engine.reset();
            framed.release();
        }
        compressed.writeIntLE((int) checksum.getValue()).writeIntLE(plainBytes);
        return compressed.setInt(1, compressed.readableBytes() - MessageAssembler.PREFIX_BYTES);
    }

    private Deflater deflater() {
        Deflater engine = deflater;
        if (engine == null) {
            engine = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
            deflater = engine;
        }
        return engine;
    }

    @Override
    public void close() {
        if (deflater != null) {
            deflater.end();
            deflater = null;
        }
    }
}
