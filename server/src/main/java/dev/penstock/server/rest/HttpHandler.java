package dev.penstock.server.rest;

import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/// Answers the requests of a listener.
public interface HttpHandler {
    /// Has the exchange answered, now or later, on any thread, once. Runs on the connection's event loop: it must
    /// not block.
    ///
    /// @throws dev.penstock.core.ServingException if the request is refused; it must not have been answered
    void handle(HttpExchange exchange);

    /// Which requests are handled as soon as their head is there, so that their body is read while it arrives, by
    /// [HttpExchange#content], and is never in memory as a whole. Runs on the connection's event loop.
    ///
    /// @return how long such a body may be; null for a request that is handled when it is complete
    default @Nullable BodyLimit streamed(HttpRequest head) {
        return null;
    }
}
