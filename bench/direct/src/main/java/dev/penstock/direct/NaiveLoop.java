package dev.penstock.direct;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.penstock.direct.SampleInputs.Input;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/// New tensors for every run, made from memory of the Java heap as requests bring it, and a copy of every output.
final class NaiveLoop implements Loop {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final long[] shape;
    private final Map<String, Input> inputs = new HashMap<>();

    NaiveLoop(OrtSession session, long[] shape) throws OrtException {
        this.session = session;
        this.shape = shape;
        SampleInputs.of(session, shape).forEach((name, input) -> {
            ByteBuffer heap = ByteBuffer.allocate(input.data().remaining())
                    .order(input.data().order())
                    .put(input.data().duplicate());
            inputs.put(name, new Input(input.type(), heap.flip()));
        });
    }

    @Override
    public void run() throws OrtException {
        Map<String, OnnxTensor> tensors = new HashMap<>();
        try {
            for (Map.Entry<String, Input> input : inputs.entrySet()) {
                tensors.put(input.getKey(), tensor(input.getValue()));
            }
            try (OrtSession.Result result = session.run(tensors)) {
                for (Map.Entry<String, OnnxValue> output : result) {
                    if (output.getValue() instanceof OnnxTensor tensor
                            && !tensor.getByteBuffer().hasRemaining()) {
                        throw new IllegalStateException("output '" + output.getKey() + "' is empty");
                    }
                }
            }
        } finally {
            tensors.values().forEach(OnnxTensor::close);
        }
    }

    private OnnxTensor tensor(Input input) throws OrtException {
        return switch (input.type()) {
            case FLOAT -> OnnxTensor.createTensor(environment, input.data().asFloatBuffer(), shape);
            case INT64 -> OnnxTensor.createTensor(environment, input.data().asLongBuffer(), shape);
            default -> throw new IllegalArgumentException("an input of type " + input.type());
        };
    }

    @Override
    public void close() {}
}
