package dev.penstock.server.rest;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Watches how long requests take to begin and to arrive, and tells the pipeline: [HttpConnection.Event#IDLE]
/// or [HttpConnection.Event#TOO_SLOW]; and whether the client takes its answers:
/// [HttpConnection.Event#STALLED]. It looks now and then, so it may be late by a quarter of the shorter
/// limit. Confined to the connection's event loop.
final class ArrivalTimer extends ChannelInboundHandlerAdapter {
    private static final int LOOKS_PER_LIMIT = 4;

    private final long idleNanos;
    private final long messageNanos;

    private @Nullable ChannelHandlerContext context;
    private @Nullable Future<?> looks;
    private boolean arriving;
    private long sinceNanos;

    // What the client was about to be sent at the last look, and since when.
    private @Nullable Object sending;
    private long sentBytes;
    private long sendingSinceNanos;

    ArrivalTimer(HttpLimits limits) {
        this.idleNanos = limits.idleTimeout().toNanos();
        this.messageNanos = limits.messageTimeout().toNanos();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        context = ctx;
        sinceNanos = ticker(ctx).nanoTime();
        long periodNanos = Math.max(1, Math.min(idleNanos, messageNanos) / LOOKS_PER_LIMIT);
        looks = ctx.executor().scheduleWithFixedDelay(() -> look(ctx), periodNanos, periodNanos, TimeUnit.NANOSECONDS);
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object bytes) {
        messageBegan(ctx);
        ctx.fireChannelRead(bytes);
    }

    /// When the message that is about to end began to arrive; on the system's clock, to which that of event
    /// loops is relative.
    long sinceNanos() {
        ChannelHandlerContext ctx = context;
        return ctx == null ? sinceNanos : sinceNanos + ticker(ctx).initialNanoTime();
    }

    /// More of a message is to come. Its first bytes may have come together with the end of the one before.
    void messageBegan(ChannelHandlerContext ctx) {
        if (!arriving) {
            arriving = true;
            sinceNanos = ticker(ctx).nanoTime();
        }
    }

    /// So much more of a message has arrived that it may take as long again.
    void progressed() {
        ChannelHandlerContext ctx = context;
        if (ctx != null) {
            sinceNanos = ticker(ctx).nanoTime();
        }
    }

    /// A message has arrived, or no more of it is wanted.
    void messageEnded() {
        arriving = false;
        progressed();
    }

    private void look(ChannelHandlerContext ctx) {
        long nowNanos = ticker(ctx).nanoTime();
        if (isStalled(ctx, nowNanos)) {
            ctx.fireUserEventTriggered(HttpConnection.Event.STALLED);
            return;
        }
        if (!ctx.channel().config().isAutoRead()) {
            // It is we who do not read; that time is not the client's.
            sinceNanos = nowNanos;
        }
        long waitedNanos = nowNanos - sinceNanos;
        if (waitedNanos >= (arriving ? messageNanos : idleNanos)) {
            ctx.fireUserEventTriggered(arriving ? HttpConnection.Event.TOO_SLOW : HttpConnection.Event.IDLE);
        }
    }

    /// Whether the client has taken no byte of what waits to be sent for too long.
    @SuppressWarnings("ReferenceEquality")
    private boolean isStalled(ChannelHandlerContext ctx, long nowNanos) {
        ChannelOutboundBuffer waiting = ctx.channel().unsafe().outboundBuffer();
        @Nullable Object current = waiting == null ? null : waiting.current();
        long bytes = waiting == null ? 0 : waiting.currentProgress();
        if (current == null || current != sending || bytes != sentBytes) {
            sending = current;
            sentBytes = bytes;
            sendingSinceNanos = nowNanos;
            return false;
        }
        return nowNanos - sendingSinceNanos >= messageNanos;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stop();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        stop();
    }

    private void stop() {
        Future<?> scheduled = looks;
        if (scheduled != null) {
            scheduled.cancel(false);
        }
    }

    private static Ticker ticker(ChannelHandlerContext ctx) {
        return ctx.executor().ticker();
    }
}
