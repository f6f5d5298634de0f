package dev.penstock.core;

import java.util.List;

/// A model's answer.
///
/// @param outputs in the order of the request's `outputs`, or of the model's when it named none
public record InferenceReply(ModelKey key, List<Tensor> outputs) {
    public InferenceReply {
        outputs = List.copyOf(outputs);
    }
}
