package dev.penstock.monitor.recording;

import dev.penstock.core.Check;
import java.util.List;
import java.util.Map;

/// What is monitored of a model, and how much of it may be.
///
/// @param inputs what of the inputs
/// @param allInputs whether inputs that `inputs` does not name are monitored
/// @param outputs what of the outputs; one that is not named is seen as it looks, if `allOutputs`
/// @param allOutputs whether outputs that `outputs` does not name are monitored
/// @param maxFeatures how many a plan may have
/// @param maxBytes how much memory a plan may take, of all writers and windows together
/// @param judging what the model's configuration says, by name, of what is done with the counts; for whoever
///     does it
public record MonitorSettings(
        List<FeatureOrder> inputs,
        boolean allInputs,
        List<FeatureOrder> outputs,
        boolean allOutputs,
        int maxFeatures,
        long maxBytes,
        Map<String, String> judging) {
    /// All outputs, no inputs.
    public static final MonitorSettings STANDARD = of(true);

    /// Nothing.
    public static final MonitorSettings OFF = of(false);

    public MonitorSettings {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        judging = Map.copyOf(judging);
        Check.argument(maxFeatures > 0, "maxFeatures: %d (expected: > 0)", maxFeatures);
        Check.argument(maxBytes > 0, "maxBytes: %d (expected: > 0)", maxBytes);
    }

    private static MonitorSettings of(boolean allOutputs) {
        return new MonitorSettings(List.of(), false, List.of(), allOutputs, 1024, 16L << 20, Map.of());
    }

    /// The same with those inputs.
    public MonitorSettings withInputs(List<FeatureOrder> orders) {
        return withInputs(orders, allInputs);
    }

    /// The same with those inputs.
    ///
    /// @param others whether those that are not named are monitored too
    public MonitorSettings withInputs(List<FeatureOrder> orders, boolean others) {
        return new MonitorSettings(orders, others, outputs, allOutputs, maxFeatures, maxBytes, judging);
    }

    /// The same with those outputs named.
    public MonitorSettings withOutputs(List<FeatureOrder> orders) {
        return withOutputs(orders, allOutputs);
    }

    /// The same with those outputs named.
    ///
    /// @param others whether those that are not named are monitored too
    public MonitorSettings withOutputs(List<FeatureOrder> orders, boolean others) {
        return new MonitorSettings(inputs, allInputs, orders, others, maxFeatures, maxBytes, judging);
    }

    /// The same within other bounds.
    public MonitorSettings within(int features, long bytes) {
        return new MonitorSettings(inputs, allInputs, outputs, allOutputs, features, bytes, judging);
    }

    /// The same for whom the configuration says that.
    public MonitorSettings judged(Map<String, String> parameters) {
        return new MonitorSettings(inputs, allInputs, outputs, allOutputs, maxFeatures, maxBytes, parameters);
    }

    boolean isOff() {
        return inputs.isEmpty() && !allInputs && outputs.isEmpty() && !allOutputs;
    }
}
