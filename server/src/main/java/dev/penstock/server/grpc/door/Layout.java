package dev.penstock.server.grpc.door;

import dev.penstock.core.Check;
import dev.penstock.core.DataType;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.server.fast.FastModel;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A [FastModel]'s signature, ready to be held against bytes. Immutable.
final class Layout {
    final FastModel model;
    final List<Tensor> inputs;
    final List<Tensor> outputs;
    private final boolean batched;
    private final int maxRows;

    /// One input or output.
    static final class Tensor {
        final byte[] name;
        final byte[] datatype;
        final Shape shape;
        final long rowBytes;

        private Tensor(TensorSpec spec, boolean batched) {
            name = spec.name().getBytes(StandardCharsets.UTF_8);
            datatype = spec.type().name().getBytes(StandardCharsets.US_ASCII);
            shape = spec.shape();
            Check.argument(
                    spec.type() != DataType.BYTES && (!batched || shape.rank() > 0),
                    "%s: %s %s (expected: rows of a fixed size)",
                    spec.name(),
                    spec.type(),
                    shape);
            long bytes = spec.type().byteSize();
            for (int i = batched ? 1 : 0; i < shape.rank(); i++) {
                Check.argument(shape.dim(i) >= 0, "%s: %s (expected: rows of a fixed size)", spec.name(), shape);
                bytes = Math.multiplyExact(bytes, shape.dim(i));
            }
            rowBytes = bytes;
        }
    }

    private Layout(FastModel model, Signature signature) {
        this.model = model;
        this.batched = signature.maxBatchSize() > 0;
        this.maxRows = Math.max(signature.maxBatchSize(), 1);
        this.inputs = signature.inputs().stream()
                .map(spec -> new Tensor(spec, batched))
                .toList();
        this.outputs = signature.outputs().stream()
                .map(spec -> new Tensor(spec, batched))
                .toList();
    }

    /// @throws IllegalArgumentException if the rows of a tensor have no fixed size
    static Layout of(FastModel model) {
        return new Layout(model, model.signature());
    }

    /// Where the rows are counted; 0 or nothing.
    int rowDims() {
        return batched ? 1 : 0;
    }

    /// The rows that an input's shape stands for.
    ///
    /// @return 0 if the shape does not fit
    int rows(Tensor tensor, WireRequest.Input input) {
        if (input.rank != tensor.shape.rank()) {
            return 0;
        }
        for (int i = rowDims(); i < input.rank; i++) {
            if (input.dims[i] != tensor.shape.dim(i)) {
                return 0;
            }
        }
        if (!batched) {
            return 1;
        }
        return input.dims[0] > 0 && input.dims[0] <= maxRows ? (int) input.dims[0] : 0;
    }

    /// Whether calls that fit `other` fit this one, in the same way.
    boolean takesCallsOf(Layout other) {
        return this == other || (isAlike(other) && maxRows >= other.maxRows);
    }

    private boolean isAlike(Layout other) {
        Signature signature = model.signature();
        Signature others = other.model.signature();
        return signature.inputs().equals(others.inputs())
                && signature.outputs().equals(others.outputs())
                && batched == other.batched;
    }

    /// @return the index of the tensor with the name, or -1
    static int indexOf(List<Tensor> tensors, WireRequest.Span name) {
        for (int i = 0; i < tensors.size(); i++) {
            if (name.is(tensors.get(i).name)) {
                return i;
            }
        }
        return -1;
    }
}
