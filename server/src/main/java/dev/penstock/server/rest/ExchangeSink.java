package dev.penstock.server.rest;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ReplySink;
import dev.penstock.server.calls.CallRecord;
import io.netty.handler.codec.http.FullHttpResponse;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Answers an exchange with the outcome of its inference. What is costly happens on the connection's event
/// loop.
final class ExchangeSink implements ReplySink {
    private final HttpExchange exchange;
    private final String model;
    private final Function<InferenceReply, FullHttpResponse> answer;

    /// @param answer writes one, on the exchange's event loop
    ExchangeSink(HttpExchange exchange, String model, Function<InferenceReply, FullHttpResponse> answer) {
        this.exchange = exchange;
        this.model = model;
        this.answer = answer;
    }

    @Override
    public void assigned(Assigned arm) {
        exchange.arm(arm);
    }

    @Override
    public void resolved(ModelKey key) {
        exchange.about(model, key.version());
    }

    @Override
    public void ran(int rows, int runRows, long startedNanos, long endedNanos) {
        CallRecord record = exchange.record();
        if (record != null) {
            record.ran(rows, startedNanos, endedNanos);
        }
    }

    @Override
    public void reply(InferenceReply reply) {
        exchange.respond(() -> answer.apply(reply));
    }

    @Override
    public void fail(ErrorCode code, String message) {
        CallRecord record = exchange.record();
        if (record != null) {
            record.fail(code);
        }
        exchange.respond(() -> RestErrors.of(code, message));
    }

    @Override
    public boolean abandoned() {
        return exchange.abandoned();
    }

    @Override
    public @Nullable CharSequence header(String name) {
        return exchange.header(name);
    }

    @Override
    public @Nullable CharSequence parameter(String name) {
        return exchange.parameter(name);
    }
}
