package dev.penstock.loadtest.stub;

import com.google.protobuf.ByteString;
import dev.penstock.loadtest.input.Tensor;
import dev.penstock.loadtest.input.TensorSpec;
import dev.penstock.loadtest.input.WireMessages;
import dev.penstock.proto.inference.InferTensorContents;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.proto.inference.ModelInferResponse.InferOutputTensor;
import dev.penstock.proto.inference.ModelMetadataResponse;
import dev.penstock.proto.inference.ModelMetadataResponse.TensorMetadata;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// What the models of [OipServer] do. `sum` adds up each row of `x`; `types` and `text` answer with what they are
/// sent; `asleep` is never ready. Thread-safe.
final class StubModels {
    static final String ASLEEP = "asleep";
    private static final List<String> TYPES = List.of(
            "BOOL", "INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64", "FP16", "BF16", "FP32",
            "FP64", "BYTES");
    private static final Map<String, List<TensorSpec>> INPUTS = Map.of(
            "sum",
            List.of(new TensorSpec("x", "FP32", List.of(-1L, 4L))),
            ASLEEP,
            List.of(new TensorSpec("x", "FP32", List.of(-1L, 4L))),
            "types",
            TYPES.stream()
                    .map(type -> new TensorSpec(type.toLowerCase(Locale.ROOT), type, List.of(-1L, 3L)))
                    .toList(),
            "text",
            List.of(
                    new TensorSpec("ids", "INT64", List.of(-1L, -1L)),
                    new TensorSpec("mask", "INT64", List.of(-1L, -1L))));

    /// The next so many answers are wrong.
    final AtomicInteger wrong = new AtomicInteger();
    final AtomicLong answered = new AtomicLong();
    final AtomicLong rows = new AtomicLong();

    static boolean has(String model) {
        return INPUTS.containsKey(model);
    }

    /// Which version answers who asks for this one, "" being any.
    static String version(String asked) {
        return asked.isEmpty() ? "1" : asked;
    }

    static ModelMetadataResponse metadata(String model) {
        ModelMetadataResponse.Builder metadata = ModelMetadataResponse.newBuilder()
                .setName(model)
                .addVersions("1")
                .setPlatform("stub");
        for (TensorSpec input : INPUTS.getOrDefault(model, List.of())) {
            metadata.addInputs(tensor(input));
            metadata.addOutputs(
                    model.equals("sum") ? tensor(new TensorSpec("y", "FP32", List.of(-1L, 1L))) : tensor(input));
        }
        return metadata.build();
    }

    private static TensorMetadata tensor(TensorSpec spec) {
        return TensorMetadata.newBuilder()
                .setName(spec.name())
                .setDatatype(spec.datatype())
                .addAllShape(spec.shape())
                .build();
    }

    /// @param isTyped whether values are in typed contents, which the 16-bit floats do not have
    ModelInferResponse answer(ModelInferRequest request, boolean isTyped) {
        List<Tensor> outputs = WireMessages.inputs(request);
        if (request.getModelName().equals("sum")) {
            outputs = List.of(sum(outputs.getFirst()));
        }
        answered.incrementAndGet();
        rows.addAndGet(outputs.getFirst().shape().getFirst());
        ModelInferResponse.Builder response = ModelInferResponse.newBuilder()
                .setModelName(request.getModelName())
                .setModelVersion(version(request.getModelVersion()))
                .setId(request.getId());
        for (Tensor output : outputs) {
            InferOutputTensor.Builder tensor = InferOutputTensor.newBuilder()
                    .setName(output.name())
                    .setDatatype(output.datatype())
                    .addAllShape(output.shape());
            if (isTyped) {
                response.addOutputs(tensor.setContents(typed(output)));
            } else {
                response.addOutputs(tensor).addRawOutputContents(output.data());
            }
        }
        return response.build();
    }

    private Tensor sum(Tensor x) {
        ByteBuffer values = x.data().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        int count = Math.toIntExact(x.shape().getFirst());
        float off = wrong.getAndUpdate(left -> Math.max(0, left - 1)) > 0 ? 1 : 0;
        ByteBuffer sums = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            sums.putFloat(values.getFloat() + values.getFloat() + values.getFloat() + values.getFloat() + off);
        }
        return new Tensor("y", "FP32", List.of((long) count, 1L), ByteString.copyFrom(sums.flip()));
    }

    private static InferTensorContents typed(Tensor tensor) {
        ByteBuffer in = tensor.data().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        InferTensorContents.Builder typed = InferTensorContents.newBuilder();
        while (in.hasRemaining()) {
            switch (tensor.datatype()) {
                case "BOOL" -> typed.addBoolContents(in.get() != 0);
                case "INT8" -> typed.addIntContents(in.get());
                case "INT16" -> typed.addIntContents(in.getShort());
                case "INT32" -> typed.addIntContents(in.getInt());
                case "INT64" -> typed.addInt64Contents(in.getLong());
                case "UINT8" -> typed.addUintContents(Byte.toUnsignedInt(in.get()));
                case "UINT16" -> typed.addUintContents(Short.toUnsignedInt(in.getShort()));
                case "UINT32" -> typed.addUintContents(in.getInt());
                case "UINT64" -> typed.addUint64Contents(in.getLong());
                case "FP32" -> typed.addFp32Contents(in.getFloat());
                case "FP64" -> typed.addFp64Contents(in.getDouble());
                case "BYTES" -> {
                    byte[] text = new byte[in.getInt()];
                    in.get(text);
                    typed.addBytesContents(ByteString.copyFrom(text));
                }
                default -> throw new IllegalArgumentException(tensor.datatype() + " has no typed contents");
            }
        }
        return typed.build();
    }
}
