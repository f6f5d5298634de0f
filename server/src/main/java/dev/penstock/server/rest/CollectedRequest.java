package dev.penstock.server.rest;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;

/// A request whose body is put together before it is handled. Owned by the connection's event loop.
record CollectedRequest(HttpRequest head, PipelinedResponses.Slot slot, BodyCollector body) {
    /// Takes a piece of the body; the caller keeps its own reference.
    ///
    /// @param limit of the body
    /// @param memory where it is counted
    /// @return why no more of it is wanted, or null
    HeadRules.@Nullable Refusal add(ByteBuf piece, BodyLimit limit, HeldMemory memory) {
        if (!body.reserve(piece)) {
            return new HeadRules.Refusal(HttpResponseStatus.TOO_MANY_REQUESTS, memory.refusal(piece.readableBytes()));
        }
        return body.add(piece) ? null : HeadRules.tooLarge("more than " + limit.maxBytes() + " bytes so far", limit);
    }
}
