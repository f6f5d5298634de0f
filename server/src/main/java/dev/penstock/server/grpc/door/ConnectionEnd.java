package dev.penstock.server.grpc.door;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// How one connection ends from our side: in order, when it is asked to go, or after a fault of the peer.
/// Confined to its event loop.
@SuppressWarnings("FutureReturnValueIgnored") // What fails here ends the connection all the same.
final class ConnectionEnd {
    /// Told from other PINGs by what it carries.
    private static final long LAST_PING = 0x656e646f6672756eL;

    /// What a peer has to answer it; then its silence counts as an answer.
    private static final long LAST_PING_SECONDS = 10;

    private static final long LINGER_SECONDS = 5;
    private static final long LINGER_BYTES = 16L * 1024 * 1024;

    private final DoorConnection connection;
    private boolean leaving;
    private boolean settled;
    private boolean failed;
    private long droppedBytes;
    private long graceNanos;
    private String reason = "";
    private @Nullable Future<?> patience;

    ConnectionEnd(DoorConnection connection) {
        this.connection = connection;
    }

    /// Asks the peer to begin nothing new. What is on its way is still taken: which call was the last is said
    /// only when the peer has answered, and the connection is closed when the last call has ended.
    ///
    /// @param newReason for the peer's log
    /// @param newGraceNanos what calls under way have; 0 is as long as they take
    void leave(String newReason, long newGraceNanos) {
        if (leaving || failed) {
            return;
        }
        leaving = true;
        reason = newReason;
        graceNanos = newGraceNanos;
        ChannelHandlerContext context = connection.context();
        sayGoodbye(context, Integer.MAX_VALUE);
        connection.encoder().writePing(context, false, LAST_PING, context.newPromise());
        connection.flush(context);
        if (connection.decoder().prefaceReceived()) {
            patience = context.executor().schedule(this::settle, LAST_PING_SECONDS, TimeUnit.SECONDS);
        } else {
            // Whoever has said nothing yet has nothing on its way.
            settle();
        }
    }

    /// The peer answered a PING.
    void answered(long ping) {
        if (ping == LAST_PING && leaving) {
            settle();
        }
    }

    private void settle() {
        ChannelHandlerContext context = connection.context();
        if (settled || failed || !context.channel().isActive()) {
            return;
        }
        settled = true;
        stopWaiting();
        sayGoodbye(context, connection.connection().remote().lastStreamCreated());
        connection.gracefulShutdownTimeoutMillis(graceNanos == 0 ? -1 : TimeUnit.NANOSECONDS.toMillis(graceNanos));
        context.channel().close();
        connection.flush(context);
    }

    private void sayGoodbye(ChannelHandlerContext context, int lastStream) {
        ByteBuf text = ByteBufUtil.writeAscii(context.alloc(), reason);
        connection.goAway(context, lastStream, Http2Error.NO_ERROR.code(), text, context.newPromise());
    }

    /// The connection is gone.
    void stopWaiting() {
        Future<?> waiting = patience;
        if (waiting != null) {
            patience = null;
            waiting.cancel(false);
        }
    }

    /// Whether what arrives is only thrown away.
    boolean isOver() {
        return failed;
    }

    /// Ends the connection for a fault of the peer: its calls at once, our side when the peer was told why, and
    /// the peer's side a little later. Closing a socket while the peer still sends would have its system throw
    /// away what it has not read yet, the reason among it.
    void fail(ChannelHandlerContext context, long error, @Nullable String why) {
        if (failed) {
            return;
        }
        failed = true;
        stopWaiting();
        ByteBuf text = ByteBufUtil.writeUtf8(context.alloc(), why == null ? "" : why);
        int lastStream = connection.connection().remote().lastStreamCreated();
        connection.tellFault(context, lastStream, error, text);
        connection.endStreams();
        Channel channel = context.channel();
        channel.config().setAutoRead(true);
        connection.output().push();
        patience = context.executor().schedule(() -> cut(context), LINGER_SECONDS, TimeUnit.SECONDS);
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(told -> {
            if (told.isSuccess() && channel instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
            } else {
                cut(context);
            }
        });
    }

    /// Throws away what the peer sent before it read why the connection ends.
    void drop(ChannelHandlerContext context, ByteBuf bytes) {
        droppedBytes += bytes.readableBytes();
        bytes.release();
        if (droppedBytes > LINGER_BYTES) {
            cut(context);
        }
    }

    /// Closes at once.
    static void cut(ChannelHandlerContext context) {
        context.close();
    }
}
