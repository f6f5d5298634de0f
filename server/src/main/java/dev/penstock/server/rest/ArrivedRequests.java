package dev.penstock.server.rest;

import dev.penstock.core.ErrorCode;
import dev.penstock.server.wire.Callers;
import dev.penstock.server.wire.RequestIds;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/// Hands what has arrived on a connection to the handler, or answers it with a refusal. Confined to the
/// connection's event loop.
final class ArrivedRequests {
    private final HttpHandler handler;
    private final RequestIds ids;
    private final HeldMemory memory;
    private final @Nullable FastLoop loop;

    /// @param loop what inferences share; null on a port that takes none
    ArrivedRequests(HttpHandler handler, RequestIds ids, HeldMemory memory, @Nullable FastLoop loop) {
        this.handler = handler;
        this.ids = ids;
        this.memory = memory;
        this.loop = loop;
    }

    /// Has a request handled, whose exchange answers it whatever happens.
    ///
    /// @param arrivedNanos when it began to arrive
    /// @param body counted already; the exchange's from here on
    /// @param content of a body that still arrives, else null
    void handle(
            ChannelHandlerContext ctx,
            HttpRequest head,
            long arrivedNanos,
            ByteBuf body,
            PipelinedResponses.Slot slot,
            @Nullable StreamedBody content) {
        String id = idOf(head);
        int peer = Callers.of(ctx.channel().remoteAddress());
        HeldBody held = new HeldBody(body, content, memory);
        HttpExchange exchange = new HttpExchange(head, arrivedNanos, held, id, peer, slot, ctx.executor(), loop);
        try {
            handler.handle(exchange);
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            exchange.respond(() -> exchange.failed(e));
        }
    }

    private String idOf(HttpRequest head) {
        return ids.of(head.headers().get(RequestIds.HEADER), head.headers().get(RequestIds.COMMON_HEADER));
    }

    /// Answers in that place, and closes the connection then.
    void refuse(PipelinedResponses.Slot slot, HttpRequest head, HeadRules.Refusal refusal) {
        refuse(slot, RestErrors.of(refusal.status(), refusal.message()), idOf(head));
    }

    /// The same for a request that there is no memory for.
    ///
    /// @param bytes of the whole request
    void refuseForMemory(PipelinedResponses.Slot slot, long bytes) {
        refuse(slot, RestErrors.of(ErrorCode.OVERLOADED, memory.refusal(bytes)), ids.of(null, null));
    }

    private static void refuse(PipelinedResponses.Slot slot, FullHttpResponse response, String id) {
        slot.closeAfter();
        response.headers().set(RequestIds.HEADER, id);
        slot.answer(response);
    }
}
