package dev.penstock.server.rest;

import dev.penstock.core.InferenceReply;
import dev.penstock.core.Tensor;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/// Writes one answer: JSON, and behind it the outputs that are wanted as binary data, which are not copied.
final class InferReplyWriter {
    static final AsciiString JSON_LENGTH = AsciiString.cached("inference-header-content-length");

    static final long MAX_JSON_ELEMENTS = 16L << 20;
    static final long MAX_JSON_BYTES = 64L << 20;

    private final String model;
    private final ReplyForm form;

    /// @param model the name that was called
    InferReplyWriter(String model, ReplyForm form) {
        this.model = model;
        this.form = form;
    }

    /// @throws dev.penstock.core.ServingException if an output that is not wanted as binary data has no form
    ///     in JSON,
    /// or
    ///     one too long to be written on an event loop
    FullHttpResponse write(InferenceReply reply) {
        checkElements(reply);
        ByteBuf header = Json.write(json -> writeHeader(json, reply), MAX_JSON_BYTES);
        List<ByteBuf> parts = new ArrayList<>();
        parts.add(header);
        for (Tensor output : reply.outputs()) {
            if (form.isBinary(output.name())) {
                parts.add(Unpooled.wrappedBuffer(output.data()));
            }
        }
        if (parts.size() == 1) {
            return Replies.of(HttpResponseStatus.OK, HttpHeaderValues.APPLICATION_JSON, header);
        }
        int headerBytes = header.readableBytes();
        ByteBuf body = Unpooled.wrappedBuffer(parts.size(), parts.toArray(ByteBuf[]::new));
        FullHttpResponse response = Replies.of(HttpResponseStatus.OK, HttpHeaderValues.APPLICATION_OCTET_STREAM, body);
        response.headers().setInt(JSON_LENGTH, headerBytes);
        return response;
    }

    private void checkElements(InferenceReply reply) {
        long elements = 0;
        for (Tensor output : reply.outputs()) {
            elements += form.isBinary(output.name()) ? 0 : output.shape().elementCount();
        }
        if (elements > MAX_JSON_ELEMENTS) {
            throw LimitedOutput.tooLarge("%d elements in JSON, more than %d".formatted(elements, MAX_JSON_ELEMENTS));
        }
    }

    private void writeHeader(JsonGenerator json, InferenceReply reply) {
        json.writeStartObject();
        if (!form.id().isEmpty()) {
            json.writeStringProperty("id", form.id());
        }
        json.writeStringProperty("model_name", model)
                .writeStringProperty("model_version", Long.toString(reply.key().version()))
                .writeArrayPropertyStart("outputs");
        JsonTensorWriter elements = new JsonTensorWriter(json, form.nonFiniteAsStrings());
        for (Tensor output : reply.outputs()) {
            writeOutput(json, output, elements);
        }
        json.writeEndArray().writeEndObject();
    }

    private void writeOutput(JsonGenerator json, Tensor output, JsonTensorWriter elements) {
        json.writeStartObject()
                .writeStringProperty("name", output.name())
                .writeStringProperty("datatype", output.type().name());
        MetadataJson.writeShape(json, output.shape());
        if (form.isBinary(output.name())) {
            json.writeObjectPropertyStart("parameters")
                    .writeNumberProperty("binary_data_size", output.byteCount())
                    .writeEndObject();
        } else {
            json.writeName("data");
            elements.write(output);
        }
        json.writeEndObject();
    }
}
