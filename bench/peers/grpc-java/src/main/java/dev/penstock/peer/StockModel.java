package dev.penstock.peer;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import com.google.protobuf.ByteString;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferRequest.InferInputTensor;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.proto.inference.ModelInferResponse.InferOutputTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// One model, opened once, run once for each request with new tensors. Thread-safe.
final class StockModel {
    private final String name;
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    /// @param options the caller's to close
    StockModel(String name, Path file, SessionOptions options) throws OrtException {
        this.name = name;
        this.session = environment.createSession(file.toString(), options);
    }

    /// @throws IllegalArgumentException if the request does not fit the model
    ModelInferResponse infer(ModelInferRequest request) throws OrtException {
        if (request.getInputsCount() != request.getRawInputContentsCount()) {
            throw new IllegalArgumentException(request.getRawInputContentsCount() + " raw contents (expected: "
                    + request.getInputsCount() + ", one for each input)");
        }
        Map<String, OnnxTensor> inputs = new HashMap<>();
        try {
            for (int i = 0; i < request.getInputsCount(); i++) {
                InferInputTensor input = request.getInputs(i);
                if (!session.getInputNames().contains(input.getName())) {
                    throw new IllegalArgumentException("no input '" + input.getName() + "'");
                }
                inputs.put(input.getName(), tensor(input, request.getRawInputContents(i)));
            }
            try (OrtSession.Result result = session.run(inputs)) {
                return response(request, result);
            }
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    private OnnxTensor tensor(InferInputTensor input, ByteString contents) throws OrtException {
        long[] shape = new long[input.getShapeCount()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = input.getShape(i);
        }
        ByteBuffer bytes = contents.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        return switch (input.getDatatype()) {
            case "FP32" -> OnnxTensor.createTensor(environment, bytes.asFloatBuffer(), shape);
            case "FP64" -> OnnxTensor.createTensor(environment, bytes.asDoubleBuffer(), shape);
            case "INT32" -> OnnxTensor.createTensor(environment, bytes.asIntBuffer(), shape);
            case "INT64" -> OnnxTensor.createTensor(environment, bytes.asLongBuffer(), shape);
            default ->
                throw new IllegalArgumentException(
                        "datatype " + input.getDatatype() + " (expected: FP32, FP64, INT32 or INT64)");
        };
    }

    private ModelInferResponse response(ModelInferRequest request, OrtSession.Result result) {
        ModelInferResponse.Builder response = ModelInferResponse.newBuilder()
                .setModelName(name)
                .setModelVersion("1")
                .setId(request.getId());
        for (Map.Entry<String, OnnxValue> output : result) {
            if (!(output.getValue() instanceof OnnxTensor tensor)) {
                throw new IllegalArgumentException("output '" + output.getKey() + "' is no tensor");
            }
            TensorInfo info = tensor.getInfo();
            InferOutputTensor.Builder head =
                    InferOutputTensor.newBuilder().setName(output.getKey()).setDatatype(datatype(info));
            for (long dimension : info.getShape()) {
                head.addShape(dimension);
            }
            response.addOutputs(head).addRawOutputContents(ByteString.copyFrom(tensor.getByteBuffer()));
        }
        return response.build();
    }

    private static String datatype(TensorInfo info) {
        return switch (info.type) {
            case FLOAT -> "FP32";
            case DOUBLE -> "FP64";
            case INT32 -> "INT32";
            case INT64 -> "INT64";
            default -> throw new IllegalArgumentException("an output of type " + info.type);
        };
    }
}
