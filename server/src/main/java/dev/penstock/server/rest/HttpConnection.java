package dev.penstock.server.rest;

import dev.penstock.server.wire.RequestIds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// One client's connection: puts requests together, refuses what it must, and hands the rest to the handler.
/// Everything happens on the connection's event loop.
@SuppressWarnings("FutureReturnValueIgnored") // Closing cannot fail in a way that matters.
final class HttpConnection extends ChannelInboundHandlerAdapter {
    private static final System.Logger LOG = System.getLogger(HttpConnection.class.getName());

    private final HttpLimits limits;
    private final HttpHandler handler;
    private final ArrivedRequests arrived;
    private final ArrivalTimer timer;
    private final HeldMemory memory;
    private final BodyLimit collected;

    private @Nullable PipelinedResponses responses;
    private @Nullable CollectedRequest incoming;
    private @Nullable Upload upload;
    private boolean discarding;

    /// The complete messages that came from the decoder.
    private long messages;

    /// @param loop what inferences share; null on a port that takes none
    HttpConnection(
            HttpLimits limits,
            HttpHandler handler,
            RequestIds ids,
            ArrivalTimer timer,
            HeldMemory memory,
            @Nullable FastLoop loop) {
        this.memory = memory;
        this.limits = limits;
        this.collected = limits.body();
        this.handler = handler;
        this.arrived = new ArrivedRequests(handler, ids, memory, loop);
        this.timer = timer;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ChannelHandlerContext fast = ctx.pipeline().context(FastReader.class);
        ResponseOutput output = new ResponseOutput(ctx, fast == null ? ctx : fast, memory.budget());
        responses = new PipelinedResponses(ctx, output, limits.maxPipelined());
    }

    PipelinedResponses responses() {
        PipelinedResponses present = responses;
        if (present == null) {
            throw new IllegalStateException("not in a pipeline yet");
        }
        return present;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            responses().startBatch();
            boolean dropped = discarding || responses().isClosed();
            if (message instanceof HttpRequest head && !dropped) {
                begin(ctx, head);
            }
            if (message instanceof HttpContent content && !dropped && !discarding) {
                add(ctx, content);
            }
        } finally {
            messages += message instanceof LastHttpContent ? 1 : 0;
            responses().endBatch();
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        responses().flush();
    }

    /// Whether further requests are looked at.
    boolean takesMore() {
        return !discarding && !responses().isClosed();
    }

    /// Whether that many messages of the decoder have been looked at.
    boolean hasRead(long count) {
        return messages >= count;
    }

    HeldMemory memory() {
        return memory;
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest head) {
        BodyLimit streamed = head.decoderResult().isSuccess() ? handler.streamed(head) : null;
        HeadRules.Refusal refusal = HeadRules.refusal(head, limits, streamed == null ? collected : streamed);
        PipelinedResponses.Slot slot = responses().open(head);
        if (refusal != null) {
            refuse(slot, head, refusal);
            return;
        }
        timer.messageBegan(ctx);
        boolean asks = head.protocolVersion().equals(HttpVersion.HTTP_1_1)
                && head.headers().contains(HttpHeaderNames.EXPECT);
        if (streamed != null) {
            upload = new Upload(ctx, timer, slot, streamed, asks);
            arrived.handle(ctx, head, timer.sinceNanos(), Unpooled.EMPTY_BUFFER, slot, upload.body());
            return;
        }
        long declared = HttpUtil.getContentLength(head, -1L);
        incoming = new CollectedRequest(
                head, slot, new BodyCollector(ctx.alloc(), declared, limits.maxBodyBytes(), memory.budget()));
        if (asks) {
            slot.askForBody();
        }
    }

    private void add(ChannelHandlerContext ctx, HttpContent content) {
        if (upload != null) {
            add(upload, content);
        } else if (incoming != null) {
            add(ctx, incoming, content);
        }
    }

    private void add(Upload current, HttpContent content) {
        HeadRules.Refusal refusal =
                content.decoderResult().isFailure() ? HeadRules.malformed(content) : current.add(content);
        if (refusal != null) {
            refuse(current, refusal);
        } else if (content instanceof LastHttpContent) {
            upload = null;
            timer.messageEnded();
            discarding = !current.keepsAlive();
        }
    }

    /// Its handler answers, with the refusal.
    private void refuse(Upload current, HeadRules.Refusal refusal) {
        upload = null;
        discarding = true;
        timer.messageEnded();
        current.fail(refusal);
    }

    private void add(ChannelHandlerContext ctx, CollectedRequest request, HttpContent content) {
        HeadRules.Refusal refusal = content.decoderResult().isFailure()
                ? HeadRules.malformed(content)
                : request.add(content.content(), collected, memory);
        if (refusal != null) {
            refuse(request, refusal);
        } else if (content instanceof LastHttpContent) {
            incoming = null;
            dispatch(ctx, request);
        }
    }

    private void dispatch(ChannelHandlerContext ctx, CollectedRequest request) {
        discarding = !request.slot().keepAlive();
        long arrivedNanos = timer.sinceNanos();
        timer.messageEnded();
        request.slot().run();
        arrived.handle(ctx, request.head(), arrivedNanos, request.body().take(), request.slot(), null);
    }

    /// Has a complete request handled that did not come from the decoder.
    ///
    /// @param head of HTTP/1.1, and says nothing of the connection
    /// @param body counted already; the exchange's from here on
    void handle(ChannelHandlerContext ctx, HttpRequest head, ByteBuf body) {
        PipelinedResponses.Slot slot = responses().openPlain();
        long arrivedNanos = timer.sinceNanos();
        timer.messageEnded();
        slot.run();
        arrived.handle(ctx, head, arrivedNanos, body, slot, null);
    }

    private void refuse(CollectedRequest request, HeadRules.Refusal refusal) {
        incoming = null;
        request.body().release();
        refuse(request.slot(), request.head(), refusal);
    }

    /// Refuses a request of which a part was thrown away for want of memory.
    ///
    /// @param bytes of the whole request
    void refuseForMemory(long bytes) {
        PipelinedResponses.Slot slot = responses().openPlain();
        discarding = true;
        timer.messageEnded();
        arrived.refuseForMemory(slot, bytes);
    }

    /// Where one message ends and the next begins is no longer certain, so it is the last one.
    private void refuse(PipelinedResponses.Slot slot, HttpRequest head, HeadRules.Refusal refusal) {
        discarding = true;
        timer.messageEnded();
        arrived.refuse(slot, head, refusal);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == Event.DRAIN) {
            responses().drain();
        } else if (event == Event.TOO_SLOW) {
            tooSlow(ctx);
        } else if (event == Event.IDLE) {
            idle(ctx);
        } else if (event == Event.STALLED) {
            ctx.close();
        }
    }

    private void idle(ChannelHandlerContext ctx) {
        if (incoming != null || upload != null) {
            tooSlow(ctx);
        } else if (responses().isEmpty()) {
            ctx.close();
        } else {
            timer.messageEnded();
        }
    }

    private void tooSlow(ChannelHandlerContext ctx) {
        CollectedRequest request = incoming;
        Upload current = upload;
        if (current != null) {
            String message = "less than %d bytes of the body arrived within %s"
                    .formatted(Upload.LEAST_BYTES, limits.messageTimeout());
            refuse(current, new HeadRules.Refusal(HttpResponseStatus.REQUEST_TIMEOUT, message));
        } else if (request != null) {
            String message = "the request did not arrive within %s".formatted(limits.messageTimeout());
            refuse(request, new HeadRules.Refusal(HttpResponseStatus.REQUEST_TIMEOUT, message));
            ctx.flush();
        } else if (responses().isEmpty()) {
            ctx.close();
        }
    }

    /// What other handlers and the listener tell a connection.
    enum Event {
        /// Close as soon as nothing is in progress.
        DRAIN,
        /// Nothing has begun to arrive for too long.
        IDLE,
        /// What began to arrive took too long.
        TOO_SLOW,
        /// The client takes nothing of what was sent.
        STALLED
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        responses().throttle();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        CollectedRequest request = incoming;
        if (request != null) {
            incoming = null;
            request.body().release();
        }
        Upload current = upload;
        if (current != null) {
            upload = null;
            current.abandon();
        }
        responses().abandon();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        System.Logger.Level level =
                cause instanceof IOException ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING;
        LOG.log(level, "closing the connection of " + ctx.channel().remoteAddress(), cause);
        ctx.close();
    }
}
