package dev.penstock.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.penstock.core.BytesElements;
import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Copies the outputs of a run to the heap. Thread-safe.
final class OutputTensors {
    /// A few bytes of input can ask some models for terabytes.
    static final long MAX_BYTES = 1L << 30;

    private final String model;
    private final Signature signature;
    private final StringAccess strings;

    OutputTensors(String model, Signature signature, StringAccess strings) {
        this.model = model;
        this.signature = signature;
        this.strings = strings;
    }

    /// @param names what `result` holds, in its order
    /// @throws ServingException with [ErrorCode#MODEL_FAILED] if the outputs are larger than can be answered
    List<Tensor> read(OrtSession.Result result, Set<String> names) throws OrtException {
        List<Tensor> outputs = new ArrayList<>(names.size());
        long total = 0;
        for (String name : names) {
            TensorSpec spec = signature.output(name);
            if (spec == null || !(result.get(outputs.size()) instanceof OnnxTensor tensor)) {
                throw new ServingException(
                        ErrorCode.MODEL_FAILED, "output '%s' of model '%s' is not a tensor".formatted(name, model));
            }
            Output output = new Output(spec, tensor, Shape.of(tensor.getInfo().getShape()));
            total += checkedSize(output, total);
            outputs.add(read(output));
        }
        return outputs;
    }

    private record Output(TensorSpec spec, OnnxTensor tensor, Shape shape) {
        long elements() {
            return tensor.getInfo().getNumElements();
        }

        boolean isStrings() {
            return spec.type() == DataType.BYTES;
        }
    }

    private long checkedSize(Output output, long before) throws OrtException {
        long bytes = output.elements() == 0 ? 0 : size(output);
        if (bytes > MAX_BYTES - before) {
            throw tooLarge(output, bytes, "at most %d bytes for all outputs together".formatted(MAX_BYTES));
        }
        return bytes;
    }

    private long size(Output output) throws OrtException {
        if (output.isStrings()) {
            return output.elements() * BytesElements.LENGTH_BYTES + strings.byteCount(output.tensor());
        }
        return output.elements() * output.spec().type().byteSize();
    }

    private Tensor read(Output output) throws OrtException {
        try {
            ByteBuffer data = output.elements() == 0 ? ByteBuffer.allocate(0) : copy(output);
            return new Tensor(
                    output.spec().name(), output.spec().type(), output.shape(), data.order(ByteOrder.LITTLE_ENDIAN));
        } catch (OutOfMemoryError e) {
            // One large array did not fit: that says nothing about the rest of the process.
            throw tooLarge(output, size(output), "less than the heap has left");
        }
    }

    private ByteBuffer copy(Output output) throws OrtException {
        return output.isStrings()
                ? strings.read(output.tensor(), (int) output.elements(), strings.byteCount(output.tensor()))
                : output.tensor().getByteBuffer();
    }

    private ServingException tooLarge(Output output, long bytes, String expected) {
        return new ServingException(
                ErrorCode.MODEL_FAILED,
                "output '%s' of model '%s' has %d bytes, %s of %s (expected: %s)"
                        .formatted(
                                output.spec().name(),
                                model,
                                bytes,
                                output.shape(),
                                output.spec().type(),
                                expected));
    }
}
