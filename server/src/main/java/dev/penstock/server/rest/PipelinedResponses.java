package dev.penstock.server.rest;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCounted;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The answers of one connection: sent in the order of the requests, whatever order they come in, and no more
/// of them in progress than allowed. Owned by the connection's event loop, but for [Slot#abandoned].
@SuppressWarnings("FutureReturnValueIgnored") // What fails closes the connection, and that is heard of.
final class PipelinedResponses {
    private final ChannelHandlerContext ctx;
    private final ResponseOutput output;
    private final int maxInProgress;
    private final ArrayDeque<Slot> slots = new ArrayDeque<>();

    private int inProgress;

    private boolean draining;
    private boolean batching;
    private boolean paused;
    private boolean resuming;
    private final Runnable whenTaken = this::throttle;

    /// Nothing more is sent. Any thread may read it.
    private volatile boolean closed;

    /// The place of one request's answer.
    final class Slot {
        private final boolean headOnly;
        private final boolean http10;
        private boolean keepAlive;
        private boolean running;
        private boolean continueDue;

        /// Whether a part of the answer is out already.
        private boolean begun;

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

        /// Undoes [#closeAfter].
        void keepOpen() {
            keepAlive = true;
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
            output.accept(answer);
            send();
        }

        /// Sends a part of an answer that goes on, if it is its turn and the client takes what it is sent;
        /// else drops it. The answer itself then is the end of it, without a head of its own.
        ///
        /// @param part belongs to this connection from here on
        /// @return whether it was sent
        boolean offerPart(Supplier<HttpResponse> head, ByteBuf part) {
            boolean turn = !closed && response == null && slots.peek() == this;
            if (!turn || http10 || !ctx.channel().isWritable()) {
                part.release();
                return false;
            }
            if (!begun) {
                begun = true;
                keepAlive = false;
                output.begin(head.get());
            }
            output.part(part);
            flush();
            return true;
        }

        boolean abandoned() {
            return closed || !ctx.channel().isActive();
        }
    }

    PipelinedResponses(ChannelHandlerContext ctx, ResponseOutput output, int maxInProgress) {
        this.ctx = ctx;
        this.output = output;
        this.maxInProgress = maxInProgress;
    }

    Slot open(HttpRequest head) {
        boolean http10 = head.protocolVersion().equals(HttpVersion.HTTP_1_0);
        Slot slot = new Slot(head.method().equals(HttpMethod.HEAD), http10, HttpUtil.isKeepAlive(head));
        slots.add(slot);
        return slot;
    }

    /// Whose connection it is.
    @Nullable
    SocketAddress peer() {
        return ctx.channel().remoteAddress();
    }

    /// The place of the answer to a request of HTTP/1.1 that says nothing of the connection.
    Slot openPlain() {
        Slot slot = new Slot(false, false, true);
        slots.add(slot);
        return slot;
    }

    /// Whether one more request may be in progress now. One that owes nothing may have one however much
    /// others hold: nothing of its own would tell it when there is room.
    boolean mayRun() {
        boolean room = (inProgress == 0 && !output.owes()) || !output.isCrowded();
        return room && !paused && inProgress < maxInProgress && ctx.channel().isWritable();
    }

    /// Reads nothing until told otherwise, because what was read has not been taken.
    void pause(boolean pause) {
        paused = pause;
        throttle();
    }

    /// Sends what was written.
    void flush() {
        output.flush(whenTaken);
        throttle();
    }

    /// Whether nothing more is answered, so that nothing more need be done.
    boolean isClosed() {
        return closed;
    }

    boolean isEmpty() {
        return slots.isEmpty();
    }

    /// Until [#endBatch], answers are written but not flushed: the connection flushes when it has read all
    /// there is.
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
            output.writeContinue();
            sent = true;
        }
        throttle();
        if (sent && !batching) {
            flush();
        }
    }

    private void write(Slot slot, ReferenceCounted answer) {
        boolean close = !slot.keepAlive || (draining && slots.isEmpty());
        closed = closed || close;
        if (slot.begun && answer instanceof FullHttpResponse end) {
            output.end(end);
        } else {
            output.write(answer, slot.headOnly, slot.http10, close);
        }
    }

    /// Stops reading for a request that waits because one more may not run, and reads on as soon as it may:
    /// perhaps at once, as what other connections hold may be less by now.
    void hold() {
        if (!closed) {
            ctx.channel().config().setAutoRead(false);
            ctx.flush();
            throttle();
        }
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
            // Later, not now: reading on here would come back here, once for every batch of requests that
            // waits.
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
        output.abandon();
    }
}
