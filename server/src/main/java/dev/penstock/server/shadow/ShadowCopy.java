package dev.penstock.server.shadow;

import dev.penstock.core.InferenceReply;
import dev.penstock.core.Tensor;
import dev.penstock.server.fast.Layout;
import java.util.List;

/// A request that was answered, and what with: all that is needed to ask somebody else the same.
///
/// @param targets who is to be asked
/// @param group of the unit, 0 to 63
/// @param wanted names of the outputs; empty for all
/// @param answered what the caller got, in memory of its own
/// @param primaryNanos how long the run was; 0 if there was none
/// @param arrivedNanos when the request came
/// @param bytes that it has of the [ShadowRoom]
record ShadowCopy(
        List<ShadowTarget> targets,
        int group,
        List<Tensor> inputs,
        List<String> wanted,
        InferenceReply answered,
        long primaryNanos,
        long arrivedNanos,
        long bytes) {
    /// Of a tensor, beside its data: objects, its name and its shape; with a part of what a copy has besides.
    private static final long TENSOR_BYTES = 512;

    /// The same of a call on the fast path, with its answer.
    static long weight(Layout layout, int rows) {
        long bytes = layout.inputs.size() * TENSOR_BYTES + rows * layout.inputRowBytes;
        for (Layout.Tensor output : layout.outputs) {
            bytes += TENSOR_BYTES + rows * output.rowBytes;
        }
        return bytes;
    }

    /// The memory that copies of them take, about.
    static long weight(List<Tensor> tensors) {
        long bytes = 0;
        for (Tensor tensor : tensors) {
            bytes += TENSOR_BYTES + tensor.byteCount();
        }
        return bytes;
    }
}
