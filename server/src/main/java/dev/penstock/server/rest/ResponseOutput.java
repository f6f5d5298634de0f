package dev.penstock.server.rest;

import dev.penstock.server.fast.ByteBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCounted;
import java.util.concurrent.TimeUnit;

/// Writes the answers of one connection, counts them until the client has taken them, and closes behind the
/// last. Owned by the connection's event loop.
@SuppressWarnings("FutureReturnValueIgnored") // What fails closes the connection, and that is heard of.
final class ResponseOutput {
    /// How long a client may take to notice that the connection closes before it is cut.
    private static final long LINGER_SECONDS = 2;

    private final ChannelHandlerContext ctx;

    /// Where answers that need no encoder are written.
    private final ChannelHandlerContext whole;

    private final ByteBudget budget;

    /// Of answers that wait for their turn to be written.
    private long waitingBytes;

    /// What was counted: those, and what is written and not sent.
    private long countedBytes;

    /// Whether an empty write stands behind what is not sent, to tell when it is.
    private boolean marked;

    ResponseOutput(ChannelHandlerContext ctx, ChannelHandlerContext whole, ByteBudget budget) {
        this.ctx = ctx;
        this.whole = whole;
        this.budget = budget;
    }

    /// Counts an answer that waits for its turn to be written. Nothing that exists already is refused.
    void accept(ReferenceCounted answer) {
        int bytes = bytesOf(answer);
        waitingBytes += bytes;
        countedBytes += bytes;
        budget.take(bytes);
    }

    private static int bytesOf(ReferenceCounted answer) {
        return answer instanceof FullHttpResponse response
                ? response.content().readableBytes()
                : ((ByteBuf) answer).readableBytes();
    }

    /// Whether there are answers that the client has not taken.
    boolean owes() {
        return countedBytes > 0;
    }

    /// Whether all connections together hold as much as they may.
    boolean isCrowded() {
        return budget.isFull();
    }

    /// Says that the body of a request may come.
    void writeContinue() {
        ctx.write(
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
    }

    /// @param answer that was accepted: a [FullHttpResponse], or a buffer with the whole answer, head
    ///     included; it is released
    /// @param headOnly whether the request was for the head alone
    /// @param close whether nothing follows
    void write(ReferenceCounted answer, boolean headOnly, boolean http10, boolean close) {
        waitingBytes -= bytesOf(answer);
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

    /// Begins an answer in parts, the last one on this connection.
    void begin(HttpResponse head) {
        head.headers()
                .set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        ctx.write(head, ctx.voidPromise());
    }

    /// @param bytes of the answer that was begun; released
    void part(ByteBuf bytes) {
        ctx.write(new DefaultHttpContent(bytes), ctx.voidPromise());
    }

    /// @param answer that was accepted; its body is the end of the answer that was begun
    void end(FullHttpResponse answer) {
        waitingBytes -= bytesOf(answer);
        ctx.write(new DefaultLastHttpContent(answer.content()), ctx.voidPromise());
        linger();
    }

    private static FullHttpResponse withoutBody(FullHttpResponse response) {
        response.release();
        return response.replace(Unpooled.EMPTY_BUFFER);
    }

    /// Closes our side at once and the client's a little later: closing a socket while the client still sends
    /// would throw away the answer on its way.
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
    ///
    /// @param whenTaken called when the client has taken more of what it did not take at once
    void flush(Runnable whenTaken) {
        whole.flush();
        count(whenTaken);
    }

    // Most answers are sent at once, and nothing is made for those.
    private void count(Runnable whenTaken) {
        ChannelOutboundBuffer unsent = whole.channel().unsafe().outboundBuffer();
        boolean sent = unsent == null || unsent.isEmpty();
        long held = waitingBytes + (sent ? 0 : unsent.totalPendingWriteBytes());
        budget.take(held - countedBytes);
        countedBytes = held;
        if (!sent && !marked) {
            marked = true;
            whole.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(taken -> {
                marked = false;
                count(whenTaken);
                whenTaken.run();
            });
        }
    }

    /// The connection is gone, and with it the answers that were not sent.
    void abandon() {
        waitingBytes = 0;
        budget.give(countedBytes);
        countedBytes = 0;
    }
}
