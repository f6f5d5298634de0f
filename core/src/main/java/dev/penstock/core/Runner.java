package dev.penstock.core;

import java.util.List;

/// One thread's way to run a model. Confined to that thread; owned by its [LoadedModel].
public interface Runner {
    /// Runs the model once. Blocks the calling thread, usually inside native code.
    ///
    /// @param inputs checked against the signature by [RequestCheck]; read only until this method returns
    /// @param outputs the outputs to compute, all known to the signature; empty means all
    /// @return the outputs, in that order, in memory of their own
    /// @throws ServingException with [ErrorCode#MODEL_FAILED] if the model failed on these inputs, or
    ///     [ErrorCode#INVALID_ARGUMENT] if they cannot be expressed for it
    List<Tensor> run(List<Tensor> inputs, List<String> outputs);
}
