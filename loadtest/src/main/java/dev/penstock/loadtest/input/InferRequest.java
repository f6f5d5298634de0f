package dev.penstock.loadtest.input;

import dev.penstock.proto.inference.ModelInferRequest;
import java.util.List;

/// One request of the Open Inference Protocol, and what it should be answered.
///
/// @param message with raw contents
/// @param expected outputs; empty if nothing is expected
public record InferRequest(ModelInferRequest message, List<Tensor> expected) {
    public InferRequest {
        expected = List.copyOf(expected);
    }
}
