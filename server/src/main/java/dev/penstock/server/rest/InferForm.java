package dev.penstock.server.rest;

import dev.penstock.server.fast.Layout;
import dev.penstock.server.wire.HeaderText;
import dev.penstock.server.wire.RequestIds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The parts of one model's answers that are always the same, as bytes. Immutable.
final class InferForm {
    final Layout layout;

    /// The name that was called.
    final String model;

    /// From the status line to the name of the request id's header, with colon and blank.
    final byte[] jsonHead;

    final byte[] binaryHead;

    /// From `"model_name"` to the bracket that opens the outputs.
    final byte[] start;

    final List<Output> outputs;

    /// One output's parts.
    static final class Output {
        final Layout.Tensor tensor;
        final String name;

        /// From its opening brace to the bracket that opens its shape.
        final byte[] start;

        /// The dimensions behind the rows, and the closing bracket.
        final byte[] dims;

        private Output(Layout.Tensor tensor, int rowDims) {
            this.tensor = tensor;
            this.name = new String(tensor.name, StandardCharsets.UTF_8);
            String text = Json.text(json -> json.writeStartObject()
                    .writeStringProperty("name", name)
                    .writeStringProperty("datatype", tensor.type.name())
                    .writeEndObject());
            this.start = utf8(text.substring(0, text.length() - 1) + ",\"shape\":[");
            StringBuilder rest = new StringBuilder();
            for (int i = rowDims; i < tensor.shape.rank(); i++) {
                rest.append(i == 0 ? "" : ",").append(tensor.shape.dim(i));
            }
            this.dims = utf8(rest.append(']').toString());
        }
    }

    /// Whether calls are V1's predictions, and so are their answers.
    final boolean predicts;

    /// @param model the name that was called
    InferForm(Layout layout, String model, boolean predicts) {
        this.layout = layout;
        this.predicts = predicts;
        this.model = model;
        long version = layout.model.key().version();
        String exposed = "x-penstock-model: %s\r\nx-penstock-version: %d\r\n%s: "
                .formatted(HeaderText.name(model), version, RequestIds.HEADER);
        this.jsonHead = utf8("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n" + exposed);
        this.binaryHead = utf8("HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\n" + exposed);
        String names = Json.text(json -> json.writeStartObject()
                .writeStringProperty("model_name", model)
                .writeStringProperty("model_version", Long.toString(version))
                .writeEndObject());
        this.start = utf8(names.substring(1, names.length() - 1) + ",\"outputs\":[");
        List<Output> parts = new ArrayList<>();
        for (Layout.Tensor tensor : layout.outputs) {
            parts.add(new Output(tensor, layout.rowDims()));
        }
        this.outputs = List.copyOf(parts);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
