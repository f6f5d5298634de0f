package dev.penstock.server.rest;

import dev.penstock.server.fast.ByteBudget;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCounted;
import java.util.concurrent.TimeUnit;

/// Writes the answers of one connection, counts what the client does not take, and closes behind the last. Owned by
/// the connection's event loop.
@SuppressWarnings("FutureReturnValueIgnored") // What fails closes the connection, and that is heard of.
final class ResponseOutput {
    /// How long a client may take to notice that the connection closes before it is cut.
    private static final long LINGER_SECONDS = 2;

    private final ChannelHandlerContext ctx;

    /// Where answers that need no encoder are written.
    private final ChannelHandlerContext whole;

    private final ByteBudget budget;

    /// Of the answers that wait to be sent, what was counted; 0 if nothing was.
    private long countedBytes;

    ResponseOutput(ChannelHandlerContext ctx, ChannelHandlerContext whole, ByteBudget budget) {
        this.ctx = ctx;
        this.whole = whole;
        this.budget = budget;
    }

    /// Says that the body of a request may come.
    void writeContinue() {
        ctx.write(
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
    }

    /// @param answer a [FullHttpResponse], or a buffer with the whole answer, head included; it is released
    /// @param headOnly whether the request was for the head alone
    /// @param close whether nothing follows
    void write(ReferenceCounted answer, boolean headOnly, boolean http10, boolean close) {
        if (answer instanceof FullHttpResponse response) {
            HttpHeaders headers = response.headers();
            headers.setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
            if (close) {
                headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            } else if (http10) {
                headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
            }
            ctx.write(headOnly ? withoutBody(response) : response, ctx.voidPromise());
        } else {
            whole.write(answer, whole.voidPromise());
        }
        if (close) {
            linger();
        }
    }

    private static FullHttpResponse withoutBody(FullHttpResponse response) {
        response.release();
        return response.replace(Unpooled.EMPTY_BUFFER);
    }

    /// Closes our side at once and the client's a little later: closing a socket while the client still sends would
    /// throw away the answer on its way.
    private void linger() {
        Channel channel = ctx.channel();
        channel.config().setAutoRead(true);
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> {
            if (flushed.isSuccess() && channel instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
                ctx.executor().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
            } else {
                channel.close();
            }
        });
    }

    /// Sends what was written.
    void flush() {
        whole.flush();
        ChannelOutboundBuffer unsent = whole.channel().unsafe().outboundBuffer();
        if (unsent != null && !unsent.isEmpty() && countedBytes == 0) {
            count(unsent.totalPendingWriteBytes());
        }
    }

    /// Counts what the client did not take at once until it has: an empty write behind it tells.
    private void count(long bytes) {
        countedBytes = bytes;
        budget.take(bytes);
        whole.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> {
            countedBytes = 0;
            budget.give(bytes);
        });
    }
}
