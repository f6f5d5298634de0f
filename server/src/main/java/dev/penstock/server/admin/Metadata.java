package dev.penstock.server.admin;

import dev.penstock.core.Shape;
import dev.penstock.core.TensorSpec;
import dev.penstock.proto.inference.ModelConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What every door tells of the server and its models.
public final class Metadata {
    /// Only what is really there; clients choose by it what they ask for.
    public static final List<String> EXTENSIONS =
            List.of("model_repository", "model_configuration", "binary_tensor_data", "parameters");

    private static final String PLATFORM = "onnxruntime_onnx";
    private static final Shape ONE = Shape.of(1);

    private Metadata() {}

    public static String platform(VersionStatus version) {
        @Nullable ModelConfig config = version.config();
        if (config == null
                || (config.getPlatform().isEmpty() && config.getBackend().isEmpty())) {
            return PLATFORM;
        }
        return config.getPlatform().isEmpty() ? config.getBackend() : config.getPlatform();
    }

    /// The shape that callers are told. Not all of them can say "no dimensions", so a scalar is shown as the
    /// one element it may be sent as.
    public static Shape inputShape(TensorSpec input) {
        return input.shape().rank() == 0 ? ONE : input.shape();
    }
}
