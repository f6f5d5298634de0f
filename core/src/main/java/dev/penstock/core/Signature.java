package dev.penstock.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What goes into a model and what comes out.
///
/// @param maxBatchSize the most rows of one request when dimension 0 of every tensor is the batch;
///     0 when the model's dimensions are taken as they are
public record Signature(List<TensorSpec> inputs, List<TensorSpec> outputs, int maxBatchSize) {
    public Signature {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        Check.argument(maxBatchSize >= 0, "maxBatchSize: %d (expected: >= 0)", maxBatchSize);
    }

    public @Nullable TensorSpec input(String name) {
        return find(inputs, name);
    }

    public @Nullable TensorSpec output(String name) {
        return find(outputs, name);
    }

    private static @Nullable TensorSpec find(List<TensorSpec> specs, String name) {
        for (int i = 0; i < specs.size(); i++) {
            if (specs.get(i).name().equals(name)) {
                return specs.get(i);
            }
        }
        return null;
    }
}
