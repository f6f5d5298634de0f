package dev.penstock.direct;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// Values to run a model on: small floats, token ids, ones for masks.
final class SampleInputs {
    /// @param data direct, in native order, exactly as long as the type and the shape say
    record Input(OnnxJavaType type, ByteBuffer data) {}

    private static final int FIRST_TOKEN = 1000;

    private SampleInputs() {}

    static Map<String, Input> of(OrtSession session, long[] shape) throws OrtException {
        int elements = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
        Map<String, Input> inputs = new LinkedHashMap<>();
        for (var input : session.getInputInfo().entrySet()) {
            if (!(input.getValue().getInfo() instanceof TensorInfo info)) {
                throw new IllegalArgumentException("input '" + input.getKey() + "' is no tensor");
            }
            inputs.put(input.getKey(), new Input(info.type, values(input.getKey(), info.type, elements)));
        }
        return inputs;
    }

    static ByteBuffer values(String name, OnnxJavaType type, int elements) {
        ByteBuffer data = ByteBuffer.allocateDirect(elements * type.size).order(ByteOrder.nativeOrder());
        for (int i = 0; i < elements; i++) {
            switch (type) {
                case FLOAT -> data.putFloat((i % 100 + 1) / 128f);
                case INT64 -> data.putLong(name.equals("input_ids") ? FIRST_TOKEN + i : 1);
                default -> throw new IllegalArgumentException("input '" + name + "' is of type " + type);
            }
        }
        return data.flip();
    }
}
