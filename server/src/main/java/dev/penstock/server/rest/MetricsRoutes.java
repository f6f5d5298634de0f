package dev.penstock.server.rest;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;

/// The metrics port: `GET /metrics`, and nothing else.
public final class MetricsRoutes implements HttpHandler {
    private final Scrape scrape;
    private final OffLoop offLoop = new OffLoop();

    public MetricsRoutes(Scrape scrape) {
        this.scrape = scrape;
    }

    @Override
    public void handle(HttpExchange exchange) {
        if (!exchange.path().equals("/metrics")) {
            exchange.respond(Replies::notFound);
        } else if (!exchange.isRead()) {
            exchange.respond(() -> Replies.methodNotAllowed("GET, HEAD"));
        } else {
            String accept = exchange.headers().get(HttpHeaderNames.ACCEPT, "");
            offLoop.answer(exchange, "scrape", () -> {
                Scrape.Page page = scrape.page(accept);
                return () -> Replies.of(
                        HttpResponseStatus.OK,
                        page.contentType(),
                        Unpooled.wrappedBuffer(page.body().duplicate()));
            });
        }
    }
}
