package dev.penstock.monitor.recording;

import dev.penstock.core.Check;
import java.util.List;

/// What is monitored of a model, and how much of it may be.
///
/// @param inputs what of the inputs
/// @param outputs what of the outputs; one that is not named is seen as it looks, if `allOutputs`
/// @param allOutputs whether outputs that `outputs` does not name are monitored
/// @param maxFeatures how many a plan may have
/// @param maxBytes how much memory a plan may take, of all writers and windows together
public record MonitorSettings(
        List<FeatureOrder> inputs, List<FeatureOrder> outputs, boolean allOutputs, int maxFeatures, long maxBytes) {
    /// All outputs, no inputs.
    public static final MonitorSettings STANDARD = new MonitorSettings(List.of(), List.of(), true, 1024, 16L << 20);

    /// Nothing.
    public static final MonitorSettings OFF = new MonitorSettings(List.of(), List.of(), false, 1024, 16L << 20);

    public MonitorSettings {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        Check.argument(maxFeatures > 0, "maxFeatures: %d (expected: > 0)", maxFeatures);
        Check.argument(maxBytes > 0, "maxBytes: %d (expected: > 0)", maxBytes);
    }

    /// The same with those inputs.
    public MonitorSettings withInputs(List<FeatureOrder> orders) {
        return new MonitorSettings(orders, outputs, allOutputs, maxFeatures, maxBytes);
    }

    /// The same with those outputs named.
    public MonitorSettings withOutputs(List<FeatureOrder> orders) {
        return new MonitorSettings(inputs, orders, allOutputs, maxFeatures, maxBytes);
    }

    /// The same within other bounds.
    public MonitorSettings within(int features, long bytes) {
        return new MonitorSettings(inputs, outputs, allOutputs, features, bytes);
    }

    boolean isOff() {
        return inputs.isEmpty() && outputs.isEmpty() && !allOutputs;
    }
}
