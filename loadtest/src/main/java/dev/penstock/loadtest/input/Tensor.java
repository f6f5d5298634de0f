package dev.penstock.loadtest.input;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// The values of one input or output.
///
/// @param data little-endian, row-major; strings each behind their length in four bytes
public record Tensor(String name, String datatype, List<Long> shape, ByteString data) {
    /// More elements than that are a mistake.
    static final long MAX_ELEMENTS = 1L << 28;

    public Tensor {
        shape = List.copyOf(shape);
        long elements = elements(name, shape);
        long found = elementsOf(datatype, data);
        if (elements != found) {
            throw new InputError("'%s' has %s (expected: %d, its shape is %s)"
                    .formatted(
                            name,
                            found < 0 ? "bytes that are no " + datatype : found + " values",
                            elements,
                            TensorSpec.text(shape)));
        }
    }

    /// @throws InputError if there can be no such tensor
    static long elements(String name, List<Long> shape) {
        long elements = 1;
        for (long dim : shape) {
            if (dim < 0 || (dim > 0 && elements > MAX_ELEMENTS / dim)) {
                throw new InputError("the shape of '%s' is %s (expected: sizes >= 0, %d values at most)"
                        .formatted(name, TensorSpec.text(shape), MAX_ELEMENTS));
            }
            elements *= dim;
        }
        return elements;
    }

    // -1 if it does not come out even.
    private static long elementsOf(String datatype, ByteString data) {
        int bytes = Elements.bytesOf(datatype);
        if (bytes > 0) {
            return data.size() % bytes == 0 ? data.size() / bytes : -1;
        }
        ByteBuffer left = data.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        long elements = 0;
        while (left.remaining() >= Integer.BYTES) {
            int length = left.getInt();
            if (length < 0 || length > left.remaining()) {
                return -1;
            }
            left.position(left.position() + length);
            elements++;
        }
        return left.hasRemaining() ? -1 : elements;
    }

    /// The rows of several tensors under each other.
    ///
    /// @param rows how many there are in `data`
    static Tensor ofRows(String name, String datatype, long rows, List<Long> rowShape, ByteString data) {
        List<Long> shape = new ArrayList<>(List.of(rows));
        shape.addAll(rowShape);
        return new Tensor(name, datatype, shape, data);
    }
}
