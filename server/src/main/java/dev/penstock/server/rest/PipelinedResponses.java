package dev.penstock.server.rest;

import dev.penstock.server.fast.ByteBudget;
import io.netty.buffer.ByteBuf;
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
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCounted;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The answers of one connection: sent in the order of the requests, whatever order they come in, and no more of
/// them in progress than allowed. Owned by the connection's event loop, but for [Slot#abandoned].
@SuppressWarnings("FutureReturnValueIgnored") // What fails closes the connection, and that is heard of.
final class PipelinedResponses {
    /// How long a client may take to notice that the connection closes before it is cut.
    private static final long LINGER_SECONDS = 2;

    private final ChannelHandlerContext ctx;

    /// Where answers that need no encoder are written.
    private final ChannelHandlerContext whole;

    private final int maxInProgress;
    private final ByteBudget budget;
    private final ArrayDeque<Slot> slots = new ArrayDeque<>();

    private int inProgress;

    /// Of the answers that wait to be sent, what was counted; 0 if nothing was.
    private long countedBytes;

    private boolean draining;
    private boolean batching;
    private boolean resuming;

    /// Nothing more is sent. Any thread may read it.
    private volatile boolean closed;

    /// The place of one request's answer.
    final class Slot {
        private final boolean headOnly;
        private final boolean http10;
        private boolean keepAlive;
        private boolean running;
        private boolean continueDue;

        /// A [FullHttpResponse], or a [ByteBuf] that is the whole answer, head included.
        private @Nullable ReferenceCounted response;

        private Slot(boolean headOnly, boolean http10, boolean keepAlive) {
            this.headOnly = headOnly;
            this.http10 = http10;
            this.keepAlive = keepAlive;
        }

        boolean keepAlive() {
            return keepAlive;
        }

        /// Has the connection close after this answer.
        void closeAfter() {
            keepAlive = false;
        }

        /// Asks for the body as soon as all earlier answers are out.
        void askForBody() {
            continueDue = true;
            send();
        }

        /// The request is complete and being worked on.
        void run() {
            continueDue = false;
            running = true;
            inProgress++;
            throttle();
        }

        /// Undoes [#run] and the opening of this place, the newest one: another will be opened for the request.
        void withdraw() {
            slots.removeLast();
            inProgress--;
            throttle();
        }

        PipelinedResponses connection() {
            return PipelinedResponses.this;
        }

        /// Whether an answer made and given now is the last one.
        boolean closes() {
            return !keepAlive || (draining && slots.size() == 1);
        }

        /// Begins to answer; until [#endAnswer] nothing is flushed.
        ///
        /// @return whether nobody else flushes: then the answer has to be ended, and flushed
        boolean startAnswer() {
            boolean outside = !batching;
            batching = true;
            return outside;
        }

        void endAnswer() {
            batching = false;
        }

        /// @param answer with its head, as [#closes] said; belongs to this connection from here on
        void answer(ByteBuf answer) {
            accept(answer);
        }

        /// @param answer belongs to this connection from here on
        void answer(FullHttpResponse answer) {
            accept(answer);
        }

        private void accept(ReferenceCounted answer) {
            if (closed) {
                answer.release();
                return;
            }
            continueDue = false;
            response = answer;
            send();
        }

        boolean abandoned() {
            return closed || !ctx.channel().isActive();
        }
    }

    /// @param whole where answers that need no encoder are written
    /// @param budget counts answers that the client has not yet taken
    PipelinedResponses(ChannelHandlerContext ctx, ChannelHandlerContext whole, int maxInProgress, ByteBudget budget) {
        this.budget = budget;
        this.ctx = ctx;
        this.whole = whole;
        this.maxInProgress = maxInProgress;
    }

    Slot open(HttpRequest head) {
        boolean http10 = head.protocolVersion().equals(HttpVersion.HTTP_1_0);
        Slot slot = new Slot(head.method().equals(HttpMethod.HEAD), http10, HttpUtil.isKeepAlive(head));
        slots.add(slot);
        return slot;
    }

    /// The place of the answer to a request of HTTP/1.1 that says nothing of the connection.
    Slot openPlain() {
        Slot slot = new Slot(false, false, true);
        slots.add(slot);
        return slot;
    }

    /// Whether one more request may be in progress now.
    boolean mayRun() {
        return inProgress < maxInProgress && ctx.channel().isWritable();
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

    /// Whether nothing more is answered, so that nothing more need be done.
    boolean isClosed() {
        return closed;
    }

    boolean isEmpty() {
        return slots.isEmpty();
    }

    /// Until [#endBatch], answers are written but not flushed: the connection flushes when it has read all there is.
    void startBatch() {
        batching = true;
    }

    void endBatch() {
        batching = false;
    }

    /// Has the connection close once nothing is in progress.
    void drain() {
        draining = true;
        if (slots.isEmpty() && !closed) {
            closed = true;
            ctx.close();
        }
    }

    private void send() {
        boolean sent = false;
        Slot slot = slots.peek();
        while (slot != null && slot.response != null && !closed) {
            slots.poll();
            inProgress -= slot.running ? 1 : 0;
            write(slot, slot.response);
            sent = true;
            slot = slots.peek();
        }
        if (slot != null && slot.continueDue && !closed) {
            slot.continueDue = false;
            ctx.write(new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
            sent = true;
        }
        throttle();
        if (sent && !batching) {
            flush();
        }
    }

    private void write(Slot slot, ReferenceCounted answer) {
        boolean close = !slot.keepAlive || (draining && slots.isEmpty());
        if (answer instanceof FullHttpResponse response) {
            write(slot, response, close);
        } else {
            whole.write(answer, whole.voidPromise());
        }
        if (close) {
            closed = true;
            linger();
        }
    }

    private void write(Slot slot, FullHttpResponse response, boolean close) {
        HttpHeaders headers = response.headers();
        headers.setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
        if (close) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (slot.http10) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
        ctx.write(slot.headOnly ? withoutBody(response) : response, ctx.voidPromise());
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

    /// Stops reading while too much is in progress or the client does not take its answers.
    void throttle() {
        if (closed) {
            return;
        }
        boolean wanted = mayRun();
        if (wanted == ctx.channel().config().isAutoRead()) {
            return;
        }
        if (!wanted) {
            ctx.channel().config().setAutoRead(false);
            ctx.flush();
        } else if (!resuming) {
            // Later, not now: reading on here would come back here, once for every batch of requests that waits.
            resuming = true;
            ctx.executor().execute(this::resume);
        }
    }

    private void resume() {
        resuming = false;
        if (!closed && mayRun()) {
            ctx.channel().config().setAutoRead(true);
            ctx.flush();
        }
    }

    /// The connection is gone: answers that wait for their turn are dropped, and so are those to come.
    void abandon() {
        closed = true;
        for (Slot slot : slots) {
            if (slot.response != null) {
                slot.response.release();
            }
        }
        slots.clear();
    }
}
