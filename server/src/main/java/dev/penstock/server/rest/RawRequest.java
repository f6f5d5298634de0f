package dev.penstock.server.rest;

import dev.penstock.core.BytesElements;
import dev.penstock.core.DataType;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/// A request without JSON: its body is the model's one input, and what JSON would say follows from the signature.
final class RawRequest {
    private RawRequest() {}

    /// @param signature what the addressed version takes
    static InferCall read(String model, String version, Signature signature, ByteBuf body) {
        if (signature.inputs().size() != 1) {
            throw ServingException.invalid("Raw request must only have 1 input to be deduced, but model '%s' has %d"
                    .formatted(model, signature.inputs().size()));
        }
        TensorSpec spec = signature.inputs().getFirst();
        boolean batched = signature.maxBatchSize() > 0;
        Tensor input = spec.type() == DataType.BYTES ? oneString(spec, body) : numbers(model, spec, batched, body);
        InferenceRequest request =
                new InferenceRequest(model, version, "", List.of(input), List.of(), InferenceRequest.NO_DEADLINE);
        return new InferCall(request, ReplyForm.ALL_BINARY);
    }

    /// The body is one element, without a length before it.
    private static Tensor oneString(TensorSpec spec, ByteBuf body) {
        long[] dims = spec.shape().toArray();
        for (int i = 0; i < dims.length; i++) {
            dims[i] = dims[i] < 0 ? 1 : dims[i];
        }
        int length = body.readableBytes();
        ByteBuffer data =
                ByteBuffer.allocate(BytesElements.LENGTH_BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
        data.putInt(length);
        body.getBytes(body.readerIndex(), data);
        return new Tensor(spec.name(), spec.type(), Shape.of(dims), data.flip());
    }

    private static Tensor numbers(String model, TensorSpec spec, boolean batched, ByteBuf body) {
        long[] dims = spec.shape().toArray();
        if (batched) {
            dims[0] = 1;
        }
        int variable = -1;
        long fixedBytes = spec.type().byteSize();
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] >= 0) {
                fixedBytes = product(model, spec, fixedBytes, dims[i]);
            } else if (variable < 0) {
                variable = i;
            } else {
                throw ServingException.invalid(
                        "the shape of input '%s' of model '%s' cannot be deduced from a raw request: %s (expected: at most one variable dimension)"
                                .formatted(spec.name(), model, spec.describeShape()));
            }
        }
        if (variable >= 0) {
            dims[variable] = size(model, spec, fixedBytes, body.readableBytes());
        }
        ByteBuffer data = body.nioBuffer().order(ByteOrder.LITTLE_ENDIAN);
        return new Tensor(spec.name(), spec.type(), Shape.of(dims), data);
    }

    private static long product(String model, TensorSpec spec, long bytes, long dim) {
        try {
            return Math.multiplyExact(bytes, dim);
        } catch (ArithmeticException e) {
            throw ServingException.invalid(
                    "input '%s' of model '%s' has more bytes than can be counted, so no raw request can be its %s of %s"
                            .formatted(spec.name(), model, spec.describeShape(), spec.type()));
        }
    }

    private static long size(String model, TensorSpec spec, long unitBytes, int bytes) {
        if (unitBytes == 0 || bytes % unitBytes != 0) {
            throw ServingException.invalid(
                    "unexpected size for input '%s' for model '%s', expecting a multiple of %d bytes (%s of %s), got %d"
                            .formatted(spec.name(), model, unitBytes, spec.describeShape(), spec.type(), bytes));
        }
        return bytes / unitBytes;
    }
}
