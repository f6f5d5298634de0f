package dev.penstock.loadtest.bench;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A model of a few nodes in ONNX's format, whose field numbers stand here. One input `x` and one output `y`,
/// both FP32 with a free first dimension.
public final class OnnxFile {
    private static final int IR_VERSION = 10;
    private static final int OPSET = 17;
    private static final int FLOAT = 1;
    private static final int ATTRIBUTE_INT = 2;
    private static final int ATTRIBUTE_INTS = 7;

    private final Message graph = new Message();

    public OnnxFile() {
        graph.text(2, "bench");
    }

    /// A node without attributes.
    public OnnxFile node(String operator, List<String> inputs, String output) {
        graph.child(1, head(operator, inputs, output));
        return this;
    }

    /// The mean over `axes`, which stay as dimensions of 1.
    OnnxFile mean(String input, String output, long... axes) {
        Message list = new Message().text(1, "axes");
        for (long axis : axes) {
            list.number(8, axis);
        }
        list.number(20, ATTRIBUTE_INTS);
        Message keep = new Message().text(1, "keepdims").number(3, 1).number(20, ATTRIBUTE_INT);
        graph.child(1, head("ReduceMean", List.of(input), output).child(5, list).child(5, keep));
        return this;
    }

    private static Message head(String operator, List<String> inputs, String output) {
        Message node = new Message();
        inputs.forEach(input -> node.text(1, input));
        return node.text(2, output).text(4, operator);
    }

    public OnnxFile constant(String name, float[] values, long... dims) {
        ByteBuffer raw = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        Message tensor = new Message();
        for (long dim : dims) {
            tensor.number(1, dim);
        }
        graph.child(5, tensor.number(2, FLOAT).text(8, name).blob(9, raw.array()));
        return this;
    }

    /// @param inputDims without the first
    /// @param outputDims without the first
    public byte[] toBytes(List<Long> inputDims, List<Long> outputDims) {
        graph.child(11, value("x", inputDims)).child(12, value("y", outputDims));
        return new Message()
                .number(1, IR_VERSION)
                .text(2, "penstock bench")
                .child(7, graph)
                .child(8, new Message().text(1, "").number(2, OPSET))
                .toBytes();
    }

    private static Message value(String name, List<Long> dims) {
        Message shape = new Message().child(1, new Message().text(2, "batch"));
        dims.forEach(dim -> shape.child(1, new Message().number(1, dim)));
        Message tensor = new Message().number(1, FLOAT).child(2, shape);
        return new Message().text(1, name).child(2, new Message().child(1, tensor));
    }

    /// One protobuf message, field by field.
    private static final class Message {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final CodedOutputStream out = CodedOutputStream.newInstance(bytes);

        @CanIgnoreReturnValue
        Message number(int field, long value) {
            return write(() -> out.writeInt64(field, value));
        }

        @CanIgnoreReturnValue
        Message text(int field, String value) {
            return blob(field, value.getBytes(StandardCharsets.UTF_8));
        }

        @CanIgnoreReturnValue
        Message blob(int field, byte[] value) {
            return write(() -> out.writeBytes(field, ByteString.copyFrom(value)));
        }

        @CanIgnoreReturnValue
        Message child(int field, Message value) {
            return blob(field, value.toBytes());
        }

        byte[] toBytes() {
            write(out::flush);
            return bytes.toByteArray();
        }

        private Message write(Step step) {
            try {
                step.run();
                return this;
            } catch (IOException e) {
                throw new UncheckedIOException("writing to memory failed", e);
            }
        }

        private interface Step {
            void run() throws IOException;
        }
    }
}
