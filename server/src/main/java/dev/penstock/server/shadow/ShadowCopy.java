package dev.penstock.server.shadow;

import dev.penstock.core.ModelKey;
import dev.penstock.core.Tensor;
import java.util.List;

/// A request that was answered, and what with: all that is needed to ask somebody else the same.
sealed interface ShadowCopy permits RowCopy, TensorCopy {
    /// Of a tensor, beside its data: objects, its name and its shape; with a part of what a copy has besides.
    long TENSOR_BYTES = 512;

    /// Who is to be asked.
    List<ShadowTarget> targets();

    /// Who answered the caller.
    ModelKey primary();

    /// When the request came.
    long arrivedNanos();

    /// What it has of the [ShadowRoom].
    long bytes();

    /// The same as tensors.
    TensorCopy tensors();

    /// The memory that copies of them take, about.
    static long weight(List<Tensor> tensors) {
        long bytes = 0;
        for (Tensor tensor : tensors) {
            bytes += TENSOR_BYTES + tensor.byteCount();
        }
        return bytes;
    }
}
