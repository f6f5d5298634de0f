package dev.penstock.server.rest;

import dev.penstock.core.ReplySink;
import dev.penstock.core.ServingException;
import dev.penstock.router.Addressed;
import dev.penstock.router.Router;
import dev.penstock.server.admin.ModelLookup;
import dev.penstock.server.wire.HeaderText;
import io.netty.buffer.ByteBuf;
import java.util.List;

/// Decodes inference calls, lets the router have them answered, and has the answers encoded.
final class InferRoute {
    /// Enough for any body; more digits are no length.
    private static final int MAX_LENGTH_DIGITS = 10;

    private final Router router;

    InferRoute(Router router) {
        this.router = router;
    }

    /// @throws ServingException if the call cannot be decoded
    void infer(HttpExchange exchange, String model, String version) {
        exchange.about(model, ModelLookup.asked(version));
        try {
            int bodyBytes = exchange.body().readableBytes();
            List<String> lengths = exchange.headers().getAll(AnswerJson.LENGTH_HEADER);
            int jsonBytes = lengths.isEmpty() ? bodyBytes : length(lengths, bodyBytes);
            if (!lengths.isEmpty() && jsonBytes == 0) {
                inferRaw(exchange, model, version);
            } else {
                InferCall call = decode(exchange, model, version, jsonBytes);
                router.infer(call.request().by(exchange.caller()), sink(exchange, model, call.form()));
            }
        } catch (ServingException e) {
            nameVersion(exchange, model, version);
            throw e;
        }
    }

    /// What the body is depends on the version that answers.
    private void inferRaw(HttpExchange exchange, String model, String version) {
        try (Addressed answers = router.address(model, version, exchange)) {
            InferCall call = RawRequest.read(model, version, answers.signature(), exchange.body());
            router.infer(call.request().by(exchange.caller()), answers, sink(exchange, model, call.form()));
        }
    }

    private static ReplySink sink(HttpExchange exchange, String model, ReplyForm form) {
        AnswerJson json = exchange.loop().json;
        exchange.queued();
        return new ExchangeSink(
                exchange, model, reply -> InferReplyWriter.write(json, model, form, reply, exchange.arm()));
    }

    /// A refusal, too, says who would have answered.
    private void nameVersion(HttpExchange exchange, String model, String version) {
        try {
            exchange.about(model, router.table().resolve(model, version).key().version());
        } catch (ServingException e) {
            // Nobody would have.
        }
    }

    private static InferCall decode(HttpExchange exchange, String model, String version, int jsonBytes) {
        ByteBuf body = exchange.body();
        FastLoop loop = exchange.loop();
        int from = body.readerIndex();
        InferBody read = loop.bodies.body();
        try {
            byte[] text = loop.text(body, from, jsonBytes);
            exchange.parameters(loop.bodies.readAll(text, 0, jsonBytes, body.readableBytes() - jsonBytes, model));
        } finally {
            exchange.identify(read.id.toString());
        }
        ByteBuf elements = exchange.holdElements(read.elementBytes);
        return GeneralRequest.of(read, model, version, elements, body, from + jsonBytes);
    }

    private static int length(List<String> sent, int bodyBytes) {
        String text = String.join(",", sent);
        boolean digits = !text.isEmpty()
                && text.length() <= MAX_LENGTH_DIGITS
                && text.chars().allMatch(c -> c >= '0' && c <= '9');
        long length = digits ? Long.parseLong(text) : -1;
        if (length < 0 || length > bodyBytes) {
            throw ServingException.invalid("inference header size should be in range (0, %d), got: %s (%s)"
                    .formatted(bodyBytes, HeaderText.quote(text), AnswerJson.LENGTH_HEADER));
        }
        return (int) length;
    }
}
