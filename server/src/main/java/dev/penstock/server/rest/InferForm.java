package dev.penstock.server.rest;

import dev.penstock.core.Assigned;
import dev.penstock.server.fast.FastArm;
import dev.penstock.server.fast.Layout;
import dev.penstock.server.wire.HeaderText;
import dev.penstock.server.wire.RequestIds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The parts of one model's answers that are always the same, as bytes. Confined to one event loop.
final class InferForm {
    private static final String END = "\r\n";

    final Layout layout;

    /// The name that was called.
    final String model;

    /// Whom all calls went to, or null without a route.
    private final @Nullable FastArm arm;

    /// From the status line to the name of the request id's header, with colon and blank.
    private final byte[] jsonHead;

    private final byte[] binaryHead;

    /// Where a call's bucket goes in both, from their ends; 0 without a route.
    private final int bucketFromEnd;

    /// From `"model_name"` to the bracket that opens the outputs.
    private final byte[] start;

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
        this.arm = layout.model.arm();
        String id = RequestIds.HEADER + ": ";
        String exposed = "x-penstock-model: %s\r\nx-penstock-version: %d\r\n%s%s"
                .formatted(HeaderText.name(model), version, arm == null ? "" : exposed(arm.example()), id);
        this.bucketFromEnd = arm == null ? 0 : id.length() + END.length() + arm.bucketFromEnd();
        this.jsonHead = utf8("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n" + exposed);
        this.binaryHead = utf8("HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\n" + exposed);
        this.start = AnswerStart.of(model, version, "", arm == null ? null : arm.example());
        List<Output> parts = new ArrayList<>();
        for (Layout.Tensor tensor : layout.outputs) {
            parts.add(new Output(tensor, layout.rowDims()));
        }
        this.outputs = List.copyOf(parts);
    }

    private static String exposed(Assigned arm) {
        return Assigned.ROUTE_HEADER + ": " + HeaderText.name(arm.route()) + END + Assigned.ARM_HEADER + ": "
                + arm.arm() + END + Assigned.ASSIGNMENT_HEADER + ": " + arm.header() + END;
    }

    /// From the status line to the name of the request id's header, with colon and blank; good until the next
    /// call.
    ///
    /// @param place of the call on its route
    byte[] head(boolean binary, long place) {
        byte[] head = binary ? binaryHead : jsonHead;
        if (bucketFromEnd > 0) {
            FastArm.writeBucket(place, head, head.length - bucketFromEnd);
        }
        return head;
    }

    /// From `"model_name"` to the bracket that opens the outputs; good until the next call.
    ///
    /// @param place of the call on its route
    byte[] start(long place) {
        if (arm != null) {
            FastArm.writeBucket(place, start, start.length - AnswerStart.BEHIND_ARM_BYTES - arm.bucketFromEnd());
        }
        return start;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
