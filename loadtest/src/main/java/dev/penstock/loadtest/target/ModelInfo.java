package dev.penstock.loadtest.target;

import dev.penstock.loadtest.input.TensorSpec;
import java.util.List;

/// What a server says about a model.
///
/// @param versions that are ready, or the one that was asked for
/// @param platform empty if it does not say
/// @param inputs empty if it does not say, as with V1
/// @param outputs empty if it does not say
public record ModelInfo(
        String name, List<String> versions, String platform, List<TensorSpec> inputs, List<TensorSpec> outputs) {
    public ModelInfo {
        versions = List.copyOf(versions);
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }
}
