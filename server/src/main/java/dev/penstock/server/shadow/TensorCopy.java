package dev.penstock.server.shadow;

import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Tensor;
import java.util.List;

/// A copy of a request of any form, which is asked alone.
///
/// @param group of the unit, 0 to 63
/// @param wanted names of the outputs; empty for all
/// @param answered what the caller got, in memory of its own
/// @param primaryNanos how long the run was; 0 if there was none, or if it is not to be held against another
record TensorCopy(
        List<ShadowTarget> targets,
        int group,
        List<Tensor> inputs,
        List<String> wanted,
        InferenceReply answered,
        long primaryNanos,
        long arrivedNanos,
        long bytes)
        implements ShadowCopy {
    @Override
    public ModelKey primary() {
        return answered.key();
    }

    @Override
    public TensorCopy tensors() {
        return this;
    }
}
