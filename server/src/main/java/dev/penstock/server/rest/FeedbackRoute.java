package dev.penstock.server.rest;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.monitor.feedback.FeedbackResult;
import dev.penstock.server.feedback.Feedback;
import dev.penstock.server.feedback.FeedbackAnswer;
import dev.penstock.server.feedback.FeedbackItem;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// `POST /api/v1/feedback`, on the port of inference. Thousands of items take a while, so they are taken off
/// the event loops.
final class FeedbackRoute {
    private final @Nullable Feedback feedback;
    private final OffLoop offLoop = new OffLoop();

    /// @param feedback null if nobody takes it
    FeedbackRoute(@Nullable Feedback feedback) {
        this.feedback = feedback;
    }

    void take(HttpExchange exchange) {
        Feedback present = feedback;
        if (present == null) {
            throw new ServingException(ErrorCode.UNSUPPORTED, "no feedback is taken here");
        }
        offLoop.answer(exchange, "feedback", () -> {
            List<FeedbackAnswer> answers = new ArrayList<>();
            for (FeedbackReader.Read read : FeedbackReader.read(exchange.body())) {
                answers.add(take(present, read));
            }
            byte[] text = Json.bytes(json -> write(json, answers));
            return () ->
                    Replies.of(HttpResponseStatus.OK, HttpHeaderValues.APPLICATION_JSON, Unpooled.wrappedBuffer(text));
        });
    }

    private static FeedbackAnswer take(Feedback feedback, FeedbackReader.Read read) {
        FeedbackItem item = read.item();
        if (item == null) {
            feedback.unreadable();
            return FeedbackAnswer.invalid(read.problem());
        }
        return feedback.take(item);
    }

    private static void write(JsonGenerator json, List<FeedbackAnswer> answers) {
        long accepted = answers.stream()
                .filter(answer -> answer.result() == FeedbackResult.ACCEPTED)
                .count();
        json.writeStartObject().writeNumberProperty("accepted", accepted).writeArrayPropertyStart("items");
        for (FeedbackAnswer answer : answers) {
            json.writeStartObject().writeNumberProperty("status", answer.status());
            if (!answer.reason().isEmpty()) {
                json.writeStringProperty("error", answer.reason());
            }
            json.writeEndObject();
        }
        json.writeEndArray().writeEndObject();
    }
}
