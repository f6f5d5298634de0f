package dev.penstock.core.batching;

import dev.penstock.core.DataType;
import dev.penstock.core.RunRows;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a request that ran alone brought and was answered. Confined to the thread that ran it.
final class SoloRows implements RunRows {
    private final @Nullable Tensor[] tensors;
    private final int rows;

    /// @param inputs in any order, some perhaps left out
    /// @param outputs likewise
    /// @param rows what the request counts for
    SoloRows(Signature signature, List<Tensor> inputs, List<Tensor> outputs, int rows) {
        List<TensorSpec> in = signature.inputs();
        List<TensorSpec> out = signature.outputs();
        this.rows = Math.max(1, rows);
        this.tensors = new @Nullable Tensor[in.size() + out.size()];
        for (int i = 0; i < in.size(); i++) {
            tensors[i] = named(in.get(i).name(), inputs);
        }
        for (int i = 0; i < out.size(); i++) {
            tensors[in.size() + i] = named(out.get(i).name(), outputs);
        }
    }

    private static @Nullable Tensor named(String name, List<Tensor> tensors) {
        for (int i = 0; i < tensors.size(); i++) {
            if (tensors.get(i).name().equals(name)) {
                return tensors.get(i);
            }
        }
        return null;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public long rowBytes(int index) {
        Tensor tensor = tensors[index];
        if (tensor == null || !hasRows(tensor)) {
            return ABSENT;
        }
        return tensor.type() == DataType.BYTES ? VARIES : tensor.byteCount() / rows;
    }

    /// One row is the whole, whatever its shape.
    private boolean hasRows(Tensor tensor) {
        return rows == 1 || (tensor.shape().rank() > 0 && tensor.shape().dim(0) == rows);
    }

    @Override
    public long offset(int index) {
        return 0;
    }

    @Override
    public MemorySegment memory(int index) {
        Tensor tensor = tensors[index];
        if (tensor == null) {
            throw new IllegalArgumentException("tensor %d is absent (expected: one that is there)".formatted(index));
        }
        return MemorySegment.ofBuffer(tensor.data());
    }
}
