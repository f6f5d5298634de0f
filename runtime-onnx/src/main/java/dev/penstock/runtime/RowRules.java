package dev.penstock.runtime;

import ai.onnxruntime.OnnxJavaType;
import dev.penstock.core.DataType;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.batching.ShapeGroup;
import org.jspecify.annotations.Nullable;

/// What a signature alone says about whether rows can run together. Pure.
final class RowRules {
    /// A tensor's memory is a buffer of Java.
    private static final long MAX_TENSOR_BYTES = Integer.MAX_VALUE;
    /// With fewer there is nothing to join, nor to try.
    private static final int FEWEST_ROWS = 4;

    private RowRules() {}

    /// @return why not, or null if nothing speaks against it
    static @Nullable String refusal(Signature signature, ShapeGroup group) {
        if (signature.inputs().isEmpty()) {
            return "it has no inputs";
        }
        if (signature.inputs().size() != group.inputRowShapes().size()) {
            return "it has %d inputs (expected: %d for rows %s)"
                    .formatted(signature.inputs().size(), group.inputRowShapes().size(), group);
        }
        for (int i = 0; i < signature.inputs().size(); i++) {
            TensorSpec input = signature.inputs().get(i);
            String reason = refusal("input", input);
            reason = reason == null ? inputRefusal(input, group.inputRowShapes().get(i)) : reason;
            if (reason != null) {
                return reason;
            }
        }
        for (TensorSpec output : signature.outputs()) {
            String reason = refusal("output", output);
            if (reason != null) {
                return reason;
            }
        }
        return null;
    }

    private static @Nullable String refusal(String side, TensorSpec spec) {
        String what = side + " '" + spec.name() + "'";
        if (spec.type() == DataType.BYTES) {
            return what + " is BYTES, whose rows have no fixed size";
        }
        if (ElementTypes.inputType(spec.type()) == OnnxJavaType.UNKNOWN) {
            return what + " is " + spec.type() + ", which ONNX Runtime's Java binding cannot place in given memory";
        }
        if (spec.shape().rank() == 0) {
            return what + " has no dimension for rows";
        }
        return spec.shape().dim(0) >= 0
                ? "dimension 0 of %s is fixed at %d"
                        .formatted(what, spec.shape().dim(0))
                : null;
    }

    private static @Nullable String inputRefusal(TensorSpec input, Shape row) {
        if (!fits(input.shape(), row)) {
            return "rows of input '%s' are %s (expected: rows of %s that are not empty)"
                    .formatted(input.name(), row, input.describeShape());
        }
        return mostRows(input, row) < FEWEST_ROWS
                ? "rows of input '%s' are %s, too large to run together".formatted(input.name(), row)
                : null;
    }

    private static boolean fits(Shape whole, Shape row) {
        boolean fits = row.rank() == whole.rank() - 1;
        for (int i = 0; fits && i < row.rank(); i++) {
            long dim = whole.dim(i + 1);
            fits = row.dim(i) > 0 && (dim < 0 || dim == row.dim(i));
        }
        return fits;
    }

    /// @return how many rows of that shape one tensor can hold, at most
    static int mostRows(TensorSpec spec, Shape row) {
        try {
            return (int) (MAX_TENSOR_BYTES
                    / Math.multiplyExact(row.elementCount(), spec.type().byteSize()));
        } catch (ArithmeticException e) {
            // More bytes than can be counted.
            return 0;
        }
    }
}
