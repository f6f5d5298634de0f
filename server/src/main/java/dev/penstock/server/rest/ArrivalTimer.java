package dev.penstock.server.rest;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Watches how long requests take to begin and to arrive, and tells the pipeline: [HttpConnection.Event#IDLE] or
/// [HttpConnection.Event#TOO_SLOW]. It looks now and then, so it may be late by a quarter of the shorter limit.
/// Confined to the connection's event loop.
final class ArrivalTimer extends ChannelInboundHandlerAdapter {
    private static final int LOOKS_PER_LIMIT = 4;

    private final long idleNanos;
    private final long messageNanos;

    private @Nullable ChannelHandlerContext context;
    private @Nullable Future<?> looks;
    private boolean arriving;
    private long sinceNanos;

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

    /// More of a message is to come. Its first bytes may have come together with the end of the one before.
    void messageBegan(ChannelHandlerContext ctx) {
        if (!arriving) {
            arriving = true;
            sinceNanos = ticker(ctx).nanoTime();
        }
    }

    /// A message has arrived, or no more of it is wanted.
    void messageEnded() {
        arriving = false;
        ChannelHandlerContext ctx = context;
        if (ctx != null) {
            sinceNanos = ticker(ctx).nanoTime();
        }
    }

    private void look(ChannelHandlerContext ctx) {
        long nowNanos = ticker(ctx).nanoTime();
        if (!ctx.channel().config().isAutoRead()) {
            // It is we who do not read; that time is not the client's.
            sinceNanos = nowNanos;
        }
        long waitedNanos = nowNanos - sinceNanos;
        if (waitedNanos >= (arriving ? messageNanos : idleNanos)) {
            ctx.fireUserEventTriggered(arriving ? HttpConnection.Event.TOO_SLOW : HttpConnection.Event.IDLE);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Future<?> scheduled = looks;
        if (scheduled != null) {
            scheduled.cancel(false);
        }
        ctx.fireChannelInactive();
    }

    private static Ticker ticker(ChannelHandlerContext ctx) {
        return ctx.executor().ticker();
    }
}
