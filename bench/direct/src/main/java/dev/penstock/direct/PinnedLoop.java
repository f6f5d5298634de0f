package dev.penstock.direct;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.penstock.direct.SampleInputs.Input;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// Inputs and outputs that are bound once, by the public interface: the best that a program without a server can do.
final class PinnedLoop implements Loop {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final Map<String, OnnxTensor> inputs = new HashMap<>();
    private final Map<String, OnnxTensor> outputs = new HashMap<>();

    PinnedLoop(OrtSession session, long[] shape) throws OrtException {
        this.session = session;
        for (Map.Entry<String, Input> input : SampleInputs.of(session, shape).entrySet()) {
            inputs.put(input.getKey(), tensor(input.getValue().data(), shape, input.getValue()));
        }
        // The first run tells how large the outputs are.
        try (OrtSession.Result result = session.run(inputs)) {
            for (Map.Entry<String, OnnxValue> output : result) {
                if (output.getValue() instanceof OnnxTensor made) {
                    TensorInfo info = made.getInfo();
                    int bytes = Math.toIntExact(info.getNumElements() * info.type.size);
                    ByteBuffer data = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
                    outputs.put(output.getKey(), tensor(data, info.getShape(), new Input(info.type, data)));
                }
            }
        }
    }

    private OnnxTensor tensor(ByteBuffer data, long[] shape, Input like) throws OrtException {
        return OnnxTensor.createTensor(environment, data, shape, like.type());
    }

    @Override
    public void run() throws OrtException {
        session.run(inputs, Set.of(), outputs).close();
    }

    @Override
    public void close() {
        inputs.values().forEach(OnnxTensor::close);
        outputs.values().forEach(OnnxTensor::close);
    }
}
