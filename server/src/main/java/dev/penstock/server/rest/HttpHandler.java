package dev.penstock.server.rest;

/// Answers the requests of a listener.
public interface HttpHandler {
    /// Has the exchange answered, now or later, on any thread, once. Runs on the connection's event loop: it must
    /// not block.
    ///
    /// @throws dev.penstock.core.ServingException if the request is refused; it must not have been answered
    void handle(HttpExchange exchange);
}
