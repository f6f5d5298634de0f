package dev.penstock.server.rest;

import dev.penstock.core.InferenceReply;
import dev.penstock.core.InferenceRequest;
import dev.penstock.router.Addressed;
import dev.penstock.router.Router;
import dev.penstock.server.admin.ModelLookup;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;

/// Decodes predictions, as TensorFlow Serving and KServe's V1 have them, lets the router have them answered,
/// and has the answers encoded.
final class PredictRoute {
    private final Router router;

    PredictRoute(Router router) {
        this.router = router;
    }

    /// @param model a model's name, or `model@alias`
    /// @param version as it was written, or ""
    /// @throws dev.penstock.core.ServingException if the call cannot be decoded
    void predict(HttpExchange exchange, String model, String version) {
        exchange.about(model, ModelLookup.asked(version));
        // Predictions do not say of what type they are: the version that answers does.
        try (Addressed answers = router.address(model, version, exchange)) {
            exchange.about(model, answers.key().version());
            FastLoop loop = exchange.loop();
            ByteBuf body = exchange.body();
            byte[] text = loop.text(body, body.readerIndex(), body.readableBytes());
            InferBody read = loop.predictions.read(text, 0, body.readableBytes(), model, answers.signature());
            boolean inRows = read.inRows;
            ByteBuf elements = exchange.holdElements(read.elementBytes);
            InferenceRequest request = GeneralRequest.of(read, model, version, elements, body, 0)
                    .request()
                    .by(exchange.caller());
            PredictionJson json = loop.predictionJson;
            exchange.queued();
            router.infer(request, answers, new ExchangeSink(exchange, model, reply -> answer(json, reply, inRows)));
        }
    }

    private static FullHttpResponse answer(PredictionJson json, InferenceReply reply, boolean inRows) {
        FullHttpResponse response = Replies.of(
                HttpResponseStatus.OK, HttpHeaderValues.APPLICATION_JSON, json.write(reply.outputs(), inRows));
        return InferReplyWriter.withToken(response, reply);
    }
}
