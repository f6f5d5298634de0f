package dev.penstock.direct;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/// Answers a question by the shortest way there is: one session, one thread, one row a run.
final class Answerer {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();

    /// @return the last FP32 output of each run, little-endian, one after the other, in Base64
    String answer(Question question) throws OrtException {
        try (SessionOptions options = new SessionOptions()) {
            options.setIntraOpNumThreads(1);
            try (OrtSession session = environment.createSession(question.file().toString(), options)) {
                ByteArrayOutputStream answers = new ByteArrayOutputStream();
                ByteBuffer data = question.data();
                for (int i = 0; i < question.count(); i++) {
                    answers.writeBytes(run(session, question, data));
                }
                if (data.hasRemaining()) {
                    throw new IllegalArgumentException(data.remaining() + " bytes of inputs too many");
                }
                return Base64.getEncoder().encodeToString(answers.toByteArray());
            }
        }
    }

    private byte[] run(OrtSession session, Question question, ByteBuffer data) throws OrtException {
        Map<String, OnnxTensor> inputs = new HashMap<>();
        try {
            for (String name : question.names()) {
                inputs.put(name, input(session, name, question, data));
            }
            try (OrtSession.Result result = session.run(inputs)) {
                return lastFloats(result);
            }
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    private OnnxTensor input(OrtSession session, String name, Question question, ByteBuffer data) throws OrtException {
        NodeInfo node = session.getInputInfo().get(name);
        if (node == null || !(node.getInfo() instanceof TensorInfo info)) {
            throw new IllegalArgumentException("'" + name + "' is no tensor that " + question.file() + " takes");
        }
        int bytes = question.elements() * info.type.size;
        ByteBuffer values = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        for (int i = 0; i < question.elements(); i++) {
            switch (info.type) {
                case FLOAT -> values.putFloat(data.getFloat());
                case INT64 -> values.putLong(data.getLong());
                default -> throw new IllegalArgumentException("input '" + name + "' is of type " + info.type);
            }
        }
        return OnnxTensor.createTensor(environment, values.flip(), question.dims(), info.type);
    }

    private static byte[] lastFloats(OrtSession.Result result) {
        byte[] last = {};
        for (Map.Entry<String, OnnxValue> output : result) {
            if (output.getValue() instanceof OnnxTensor tensor && tensor.getInfo().type == OnnxJavaType.FLOAT) {
                ByteBuffer values = tensor.getByteBuffer();
                ByteBuffer copy = ByteBuffer.allocate(values.remaining()).order(ByteOrder.LITTLE_ENDIAN);
                while (values.hasRemaining()) {
                    copy.putFloat(values.getFloat());
                }
                last = copy.array();
            }
        }
        if (last.length == 0) {
            throw new IllegalArgumentException("the model has no FP32 output");
        }
        return last;
    }
}
