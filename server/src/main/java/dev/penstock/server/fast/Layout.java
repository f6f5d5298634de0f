package dev.penstock.server.fast;

import dev.penstock.core.Check;
import dev.penstock.core.DataType;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A [FastModel]'s signature, ready to be held against bytes. Immutable.
public final class Layout {
    public final FastModel model;
    public final List<Tensor> inputs;
    public final List<Tensor> outputs;

    /// Of one row of all inputs together.
    public final long inputRowBytes;

    private final boolean batched;
    private final int maxRows;

    /// One input or output.
    public static final class Tensor {
        public final byte[] name;
        public final DataType type;

        /// The type's name.
        public final byte[] datatype;

        public final Shape shape;
        public final long rowBytes;

        private Tensor(TensorSpec spec, boolean batched) {
            name = spec.name().getBytes(StandardCharsets.UTF_8);
            type = spec.type();
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
        this.inputRowBytes =
                inputs.stream().mapToLong(tensor -> tensor.rowBytes).sum();
    }

    /// @throws IllegalArgumentException if the rows of a tensor have no fixed size
    public static Layout of(FastModel model) {
        return new Layout(model, model.signature());
    }

    /// Where the rows are counted; 0 or nothing.
    public int rowDims() {
        return batched ? 1 : 0;
    }

    /// The rows that an input's shape stands for.
    ///
    /// @param dims of which the first `rank` count
    /// @return 0 if the shape does not fit
    public int rows(Tensor tensor, long[] dims, int rank) {
        if (rank != tensor.shape.rank()) {
            return 0;
        }
        for (int i = rowDims(); i < rank; i++) {
            if (dims[i] != tensor.shape.dim(i)) {
                return 0;
            }
        }
        if (!batched) {
            return 1;
        }
        return dims[0] > 0 && dims[0] <= maxRows ? (int) dims[0] : 0;
    }

    /// Whether calls that fit `other` fit this one, in the same way.
    public boolean takesCallsOf(Layout other) {
        return this == other || (isAlike(other) && maxRows >= other.maxRows);
    }

    private boolean isAlike(Layout other) {
        Signature signature = model.signature();
        Signature others = other.model.signature();
        return signature.inputs().equals(others.inputs())
                && signature.outputs().equals(others.outputs())
                && batched == other.batched;
    }
}
