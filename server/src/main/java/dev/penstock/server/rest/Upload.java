package dev.penstock.server.rest;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/// A request whose handler reads the body while it arrives: passes the pieces on, and holds the connection's
/// reads back while the handler is behind. Owned by the connection's event loop.
final class Upload {
    /// A client that sends less in the time for a request is too slow.
    static final long LEAST_BYTES = 64 * 1024;

    private final ChannelHandlerContext ctx;
    private final ArrivalTimer timer;
    private final PipelinedResponses.Slot slot;
    private final BodyLimit limit;
    private final boolean keepAlive;
    private final StreamedBody body;
    private long receivedBytes;
    private long notedBytes;

    /// @param asks whether the client waits to be asked for the body
    Upload(ChannelHandlerContext ctx, ArrivalTimer timer, PipelinedResponses.Slot slot, BodyLimit limit, boolean asks) {
        this.ctx = ctx;
        this.timer = timer;
        this.slot = slot;
        this.limit = limit;
        this.keepAlive = slot.keepAlive();
        this.body = new StreamedBody(asks, () -> onLoop(slot::askForBody), () -> onLoop(this::resume));
        // Until all of it has arrived, an answer is the last one: where the next message begins is not known.
        slot.closeAfter();
    }

    private void onLoop(Runnable action) {
        if (!ctx.executor().isShuttingDown()) {
            ctx.executor().execute(action);
        }
    }

    private void resume() {
        slot.connection().pause(false);
    }

    StreamedBody body() {
        return body;
    }

    /// @return why no more of it is wanted, or null
    HeadRules.@Nullable Refusal add(HttpContent content) {
        receivedBytes += content.content().readableBytes();
        if (receivedBytes > limit.maxBytes()) {
            return HeadRules.tooLarge("more than " + limit.maxBytes() + " bytes so far", limit);
        }
        if (receivedBytes - notedBytes >= LEAST_BYTES) {
            notedBytes = receivedBytes;
            timer.progressed();
        }
        if (!body.offer(content.content())) {
            slot.connection().pause(true);
        }
        if (content instanceof LastHttpContent) {
            complete();
        }
        return null;
    }

    private void complete() {
        if (keepAlive) {
            slot.keepOpen();
        }
        slot.run();
        body.finish();
    }

    /// Whether more requests may follow.
    boolean keepsAlive() {
        return keepAlive;
    }

    void fail(HeadRules.Refusal refusal) {
        slot.connection().pause(false);
        body.fail(new BodyFailure(refusal));
    }

    /// The connection is gone.
    void abandon() {
        body.fail(new BodyFailure(new HeadRules.Refusal(
                HttpResponseStatus.BAD_REQUEST, "the client went away in the middle of the body")));
    }
}
