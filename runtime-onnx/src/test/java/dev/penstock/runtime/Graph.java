package dev.penstock.runtime;

import dev.penstock.core.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// An ONNX graph under construction. The numbers are those of `onnx.proto`.
final class Graph {
    static final int IR_VERSION = 10;
    static final int OPSET = 21;
    static final int ML_OPSET = 3;
    static final int FLOAT8E4M3FN = 17;
    static final int INT4 = 22;

    private static final int ATTRIBUTE_INT = 2;
    private static final int ATTRIBUTE_GRAPH = 5;
    private static final int ATTRIBUTE_INTS = 7;
    private static final int ATTRIBUTE_STRINGS = 8;

    private final Proto graph = Proto.message();

    Graph(String name) {
        graph.text(2, name);
    }

    /// The number of a type in ONNX.
    static int elementType(DataType type) {
        return switch (type) {
            case FP32 -> 1;
            case UINT8 -> 2;
            case INT8 -> 3;
            case UINT16 -> 4;
            case INT16 -> 5;
            case INT32 -> 6;
            case INT64 -> 7;
            case BYTES -> 8;
            case BOOL -> 9;
            case FP16 -> 10;
            case FP64 -> 11;
            case UINT32 -> 12;
            case UINT64 -> 13;
            case BF16 -> 16;
        };
    }

    /// Dimensions of -1 get a name: `batch` for the first, `dim<i>` for another.
    static Proto tensorType(int elementType, long... dims) {
        Proto shape = Proto.message();
        for (int i = 0; i < dims.length; i++) {
            Proto dim = Proto.message();
            shape.child(1, dims[i] >= 0 ? dim.number(1, dims[i]) : dim.text(2, i == 0 ? "batch" : "dim" + i));
        }
        return Proto.message().child(1, Proto.message().number(1, elementType).child(2, shape));
    }

    static Proto sequenceType(Proto element) {
        return Proto.message().child(4, Proto.message().child(1, element));
    }

    /// A node; an empty input name leaves an optional input out.
    static Proto node(String operator, String[] inputs, String[] outputs, Proto... attributes) {
        Proto node = Proto.message();
        for (String input : inputs) {
            node.text(1, input);
        }
        for (String output : outputs) {
            node.text(2, output);
        }
        node.text(3, operator.toLowerCase(Locale.ROOT)).text(4, operator);
        for (Proto attribute : attributes) {
            node.child(5, attribute);
        }
        return node;
    }

    static String[] names(String... names) {
        return names;
    }

    static Proto mlNode(String operator, String input, String output, Proto... attributes) {
        return node(operator, names(input), names(output), attributes).text(7, "ai.onnx.ml");
    }

    static Proto attribute(String name, long value) {
        return Proto.message().text(1, name).number(3, value).number(20, ATTRIBUTE_INT);
    }

    static Proto attribute(String name, Graph body) {
        return Proto.message().text(1, name).child(6, body.graph).number(20, ATTRIBUTE_GRAPH);
    }

    static Proto attribute(String name, long[] values) {
        Proto attribute = Proto.message().text(1, name);
        for (long value : values) {
            attribute.number(8, value);
        }
        return attribute.number(20, ATTRIBUTE_INTS);
    }

    static Proto attribute(String name, String[] values) {
        Proto attribute = Proto.message().text(1, name);
        for (String value : values) {
            attribute.text(9, value);
        }
        return attribute.number(20, ATTRIBUTE_STRINGS);
    }

    static Proto floats(String name, long[] dims, float... values) {
        ByteBuffer raw = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        return tensor(name, DataType.FP32, dims).blob(9, raw.array());
    }

    static Proto longs(String name, long[] dims, long... values) {
        ByteBuffer raw = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        raw.asLongBuffer().put(values);
        return tensor(name, DataType.INT64, dims).blob(9, raw.array());
    }

    static Proto strings(String name, long[] dims, String... values) {
        Proto tensor = tensor(name, DataType.BYTES, dims);
        for (String value : values) {
            tensor.blob(6, value.getBytes(StandardCharsets.UTF_8));
        }
        return tensor;
    }

    /// Floats that lie in another file.
    static Proto externalFloats(String name, String location, long... dims) {
        Proto entry = Proto.message().text(1, "location").text(2, location);
        return tensor(name, DataType.FP32, dims).child(13, entry).number(14, 1);
    }

    private static Proto tensor(String name, DataType type, long... dims) {
        Proto tensor = Proto.message();
        for (long dim : dims) {
            tensor.number(1, dim);
        }
        return tensor.number(2, elementType(type)).text(8, name);
    }

    Graph node(Proto node) {
        graph.child(1, node);
        return this;
    }

    /// A node without attributes.
    Graph node(String operator, String[] inputs, String... outputs) {
        return node(node(operator, inputs, outputs, new Proto[0]));
    }

    Graph constant(Proto tensor) {
        graph.child(5, tensor);
        return this;
    }

    Graph input(String name, DataType type, long... dims) {
        return input(name, tensorType(elementType(type), dims));
    }

    Graph input(String name, Proto type) {
        graph.child(11, Proto.message().text(1, name).child(2, type));
        return this;
    }

    Graph output(String name, DataType type, long... dims) {
        return output(name, tensorType(elementType(type), dims));
    }

    Graph output(String name, Proto type) {
        graph.child(12, Proto.message().text(1, name).child(2, type));
        return this;
    }

    byte[] toModel() {
        Proto opset = Proto.message().text(1, "").number(2, OPSET);
        Proto mlOpset = Proto.message().text(1, "ai.onnx.ml").number(2, ML_OPSET);
        return Proto.message()
                .number(1, IR_VERSION)
                .text(2, "penstock tests")
                .child(7, graph)
                .child(8, opset)
                .child(8, mlOpset)
                .toBytes();
    }
}
