package dev.penstock.core;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Tensors and requests for tests.
final class Requests {
    private Requests() {}

    static Tensor floats(String name, Shape shape, float... values) {
        ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            data.putFloat(value);
        }
        return new Tensor(name, DataType.FP32, shape, data.flip());
    }

    static Tensor zeros(String name, DataType type, int byteCount, long... dims) {
        return new Tensor(
                name, type, Shape.of(dims), ByteBuffer.allocate(byteCount).order(ByteOrder.LITTLE_ENDIAN));
    }

    static Tensor strings(String name, Shape shape, String... values) {
        ByteBuffer data = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
        for (String value : values) {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            data.putInt(bytes.length).put(bytes);
        }
        return new Tensor(name, DataType.BYTES, shape, data.flip());
    }

    static InferenceRequest of(Tensor... inputs) {
        return new InferenceRequest("m", "", "", List.of(inputs), List.of(), InferenceRequest.NO_DEADLINE);
    }

    static InferenceRequest wanting(List<String> outputs, Tensor... inputs) {
        return new InferenceRequest("m", "", "", List.of(inputs), outputs, InferenceRequest.NO_DEADLINE);
    }
}
