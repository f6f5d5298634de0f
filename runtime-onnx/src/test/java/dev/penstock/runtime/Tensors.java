package dev.penstock.runtime;

import dev.penstock.core.DataType;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Makes and reads tensors.
final class Tensors {
    private Tensors() {}

    static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static Tensor raw(String name, DataType type, Shape shape, byte... bytes) {
        return new Tensor(name, type, shape, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    }

    static Tensor floats(String name, Shape shape, float... values) {
        ByteBuffer data = littleEndian(values.length * Float.BYTES);
        data.asFloatBuffer().put(values);
        return new Tensor(name, DataType.FP32, shape, data);
    }

    static Tensor longs(String name, Shape shape, long... values) {
        ByteBuffer data = littleEndian(values.length * Long.BYTES);
        data.asLongBuffer().put(values);
        return new Tensor(name, DataType.INT64, shape, data);
    }

    static Tensor strings(String name, Shape shape, String... values) {
        List<byte[]> elements = new ArrayList<>();
        for (String value : values) {
            elements.add(value.getBytes(StandardCharsets.UTF_8));
        }
        return bytes(name, shape, elements);
    }

    static Tensor bytes(String name, Shape shape, List<byte[]> elements) {
        int size = elements.stream()
                .mapToInt(element -> Integer.BYTES + element.length)
                .sum();
        ByteBuffer data = littleEndian(size);
        elements.forEach(element -> data.putInt(element.length).put(element));
        return new Tensor(name, DataType.BYTES, shape, data.flip());
    }

    static float[] floats(Tensor tensor) {
        float[] values = new float[(int) tensor.shape().elementCount()];
        tensor.data().slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    static long[] longs(Tensor tensor) {
        long[] values = new long[(int) tensor.shape().elementCount()];
        tensor.data().slice().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(values);
        return values;
    }

    static List<String> strings(Tensor tensor) {
        ByteBuffer data = tensor.data().slice().order(ByteOrder.LITTLE_ENDIAN);
        List<String> values = new ArrayList<>();
        while (data.hasRemaining()) {
            byte[] element = new byte[data.getInt()];
            data.get(element);
            values.add(new String(element, StandardCharsets.UTF_8));
        }
        return values;
    }

    static byte[] bytes(Tensor tensor) {
        byte[] bytes = new byte[tensor.data().remaining()];
        tensor.data().slice().get(bytes);
        return bytes;
    }
}
