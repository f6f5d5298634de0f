package dev.penstock.server.rest;

import dev.penstock.core.Assigned;
import dev.penstock.core.DataType;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.Tensor;
import dev.penstock.server.wire.FeedbackTokens;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes the router's answers: JSON, and behind it the outputs that are wanted as binary data, which are not
/// copied. Pure but for the [AnswerJson] it is lent.
final class InferReplyWriter {
    private static final byte[] NO_HEAD = {};

    private InferReplyWriter() {}

    /// @param model the name that was called
    /// @param arm of a route that gave the answer, or null
    /// @throws dev.penstock.core.ServingException if an output that is not wanted as binary data has no
    ///     form in JSON, or one too long to be written on an event loop
    static FullHttpResponse write(
            AnswerJson json, String model, ReplyForm form, InferenceReply reply, @Nullable Assigned arm) {
        ByteBuf header = writeHeader(json, model, form, reply, arm);
        int headerBytes = header.readableBytes();
        List<ByteBuf> parts = new ArrayList<>();
        parts.add(header);
        for (Tensor output : reply.outputs()) {
            if (form.isBinary(output.name())) {
                parts.add(Unpooled.wrappedBuffer(output.data()));
            }
        }
        if (parts.size() == 1) {
            return withToken(Replies.of(HttpResponseStatus.OK, HttpHeaderValues.APPLICATION_JSON, header), reply);
        }
        ByteBuf body = Unpooled.wrappedBuffer(parts.size(), parts.toArray(ByteBuf[]::new));
        FullHttpResponse response = Replies.of(HttpResponseStatus.OK, HttpHeaderValues.APPLICATION_OCTET_STREAM, body);
        response.headers().setInt(AnswerJson.LENGTH_HEADER, headerBytes);
        return withToken(response, reply);
    }

    /// With the answer's token, if it has one.
    static FullHttpResponse withToken(FullHttpResponse response, InferenceReply reply) {
        if (!reply.feedbackToken().isEmpty()) {
            response.headers().set(FeedbackTokens.HEADER, reply.feedbackToken());
        }
        return response;
    }

    private static ByteBuf writeHeader(
            AnswerJson json, String model, ReplyForm form, InferenceReply reply, @Nullable Assigned arm) {
        boolean written = false;
        try {
            json.begin(form.id(), model, reply, arm, form.nonFiniteAsStrings());
            for (Tensor output : reply.outputs()) {
                json.beginOutput(output.name(), output.type(), output.shape());
                if (form.isBinary(output.name())) {
                    json.endBinary(output.byteCount());
                } else {
                    writeElements(json, output);
                }
            }
            json.end();
            ByteBuf header = json.page().take(NO_HEAD, 0, 0);
            written = true;
            return header;
        } finally {
            if (!written) {
                json.page().clear();
            }
        }
    }

    private static void writeElements(AnswerJson json, Tensor output) {
        ByteBuffer data = output.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
        DataType type = output.type();
        json.endElements(output.name(), type, data, data.position(), data.limit());
    }
}
