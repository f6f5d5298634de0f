package dev.penstock.server.grpc.door;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/// Where the answers of one connection gather between two flushes. Confined to its event loop.
final class OutBuffer {
    private static final int MIN_BYTES = 1024;
    private static final int MAX_HINT_BYTES = 64 * 1024;

    /// From here on the channel is told, which says when it has enough.
    private static final int PUSH_BYTES = 32 * 1024;

    private @Nullable ByteBuf answers;

    /// What the last ones needed, and as much again.
    private int hint = MIN_BYTES;

    /// The buffer to write the next answer to.
    ByteBuf withRoom(ChannelHandlerContext context, int bytes) {
        if (answers != null && answers.readableBytes() >= PUSH_BYTES) {
            push(context);
        }
        ByteBuf buffer = answers;
        if (buffer == null) {
            buffer = context.alloc().directBuffer(Math.max(hint, bytes));
            answers = buffer;
        }
        return buffer.ensureWritable(bytes);
    }

    /// Writes the answers so far to the channel.
    @SuppressWarnings("FutureReturnValueIgnored") // What fails to be written ends the connection.
    void push(ChannelHandlerContext context) {
        ByteBuf buffer = answers;
        if (buffer != null) {
            answers = null;
            hint = Math.clamp(buffer.readableBytes() * 2L, MIN_BYTES, MAX_HINT_BYTES);
            context.write(buffer, context.voidPromise());
        }
    }

    /// Writes `slice` behind them.
    @SuppressWarnings("FutureReturnValueIgnored")
    void push(ChannelHandlerContext context, ByteBuf slice) {
        push(context);
        context.write(slice, context.voidPromise());
    }

    void release() {
        if (answers != null) {
            answers.release();
            answers = null;
        }
    }
}
