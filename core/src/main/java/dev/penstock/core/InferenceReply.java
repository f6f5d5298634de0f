package dev.penstock.core;

import java.util.List;

/// A model's answer.
///
/// @param outputs in the order of the request's `outputs`, or of the model's when it named none
/// @param feedbackToken by which the caller may say later how good the answer was; "" where nobody asks
public record InferenceReply(ModelKey key, List<Tensor> outputs, String feedbackToken) {
    public InferenceReply {
        outputs = List.copyOf(outputs);
    }

    public InferenceReply(ModelKey key, List<Tensor> outputs) {
        this(key, outputs, "");
    }

    /// The same with a token.
    public InferenceReply with(String token) {
        return new InferenceReply(key, outputs, token);
    }
}
