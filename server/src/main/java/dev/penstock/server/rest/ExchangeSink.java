package dev.penstock.server.rest;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ReplySink;

/// Answers an exchange with the outcome of its inference. What is costly happens on the connection's event loop.
final class ExchangeSink implements ReplySink {
    private final HttpExchange exchange;
    private final String model;
    private final InferReplyWriter writer;

    ExchangeSink(HttpExchange exchange, String model, ReplyForm form) {
        this.exchange = exchange;
        this.model = model;
        this.writer = new InferReplyWriter(model, form);
    }

    @Override
    public void resolved(ModelKey key) {
        exchange.about(model, key.version());
    }

    @Override
    public void reply(InferenceReply reply) {
        exchange.respond(() -> writer.write(reply));
    }

    @Override
    public void fail(ErrorCode code, String message) {
        exchange.respond(() -> RestErrors.of(code, message));
    }

    @Override
    public boolean abandoned() {
        return exchange.abandoned();
    }
}
