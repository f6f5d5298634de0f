package dev.penstock.server.monitoring;

import dev.penstock.monitor.drift.DriftRules;
import dev.penstock.monitor.recording.MonitorSettings;
import dev.penstock.proto.inference.ModelConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// How one model's configuration wants it monitored. What cannot be understood is told, and as if it were not
/// there: a model serves whatever is said of watching it.
///
/// @param settings what is counted
/// @param rules by which it is judged
/// @param source what it is held against
/// @param problems what could not be understood, with what was expected
public record ModelOrder(MonitorSettings settings, DriftRules rules, BaselineSource source, List<String> problems) {
    static final String INPUTS = "monitor.inputs";
    static final String OUTPUTS = "monitor.outputs";
    static final String WARN = "monitor.warn";
    static final String CRITICAL = "monitor.critical";
    static final String MIN_SAMPLES = "monitor.min-samples";
    static final String SHARE = "monitor.share";
    static final String BASELINE = "monitor.baseline";

    /// All that have a meaning here.
    public static final Set<String> PARAMETERS = Set.of(INPUTS, OUTPUTS, WARN, CRITICAL, MIN_SAMPLES, SHARE, BASELINE);

    private static final String PREFIX = "monitor.";
    private static final double MOST_INDEX = 100;

    public ModelOrder {
        problems = List.copyOf(problems);
    }

    /// Those of a configuration that are about monitoring, also unknown ones.
    public static Map<String, String> parameters(ModelConfig config) {
        Map<String, String> parameters = new TreeMap<>();
        config.getParametersMap().forEach((name, value) -> {
            if (name.startsWith(PREFIX)) {
                parameters.put(name, value.getStringValue());
            }
        });
        return parameters;
    }

    /// @param parameters by name
    /// @param outputs whether outputs are counted where the model does not say
    /// @param usual the rules where the model does not say
    public static ModelOrder of(Map<String, String> parameters, boolean outputs, DriftRules usual) {
        return new Reader(parameters).read(outputs, usual);
    }

    private static final class Reader {
        private final Map<String, String> parameters;
        private final List<String> problems = new ArrayList<>();

        Reader(Map<String, String> parameters) {
            this.parameters = parameters;
        }

        ModelOrder read(boolean outputs, DriftRules usual) {
            Set<String> pinned = new HashSet<>();
            MonitorSettings settings = (outputs ? MonitorSettings.STANDARD : MonitorSettings.OFF).judged(parameters);
            TensorOrders ofInputs = tensors(INPUTS, "");
            if (ofInputs != null) {
                settings = settings.withInputs(ofInputs.orders(), ofInputs.others());
                pinned.addAll(ofInputs.pinned());
            }
            TensorOrders ofOutputs = tensors(OUTPUTS, "output:");
            if (ofOutputs != null) {
                boolean others = !ofOutputs.none() && (outputs || ofOutputs.others());
                settings = settings.withOutputs(ofOutputs.orders(), others);
                pinned.addAll(ofOutputs.pinned());
            }
            DriftRules rules = rules(usual).withPinned(pinned);
            BaselineSource source = parsed(BASELINE, BaselineSource.LEARNED, BaselineSource::parse);
            return new ModelOrder(settings, rules, source, problems);
        }

        private @Nullable TensorOrders tensors(String name, String prefix) {
            return parsed(name, null, text -> TensorOrders.parse(text, prefix));
        }

        private DriftRules rules(DriftRules usual) {
            double warn = number(WARN, usual.warnPsi(), MOST_INDEX, "an index in nats, e.g. 0.1");
            double critical =
                    number(CRITICAL, Math.max(warn, usual.criticalPsi()), MOST_INDEX, "an index in nats, e.g. 0.25");
            if (critical < warn) {
                wrong(CRITICAL, "at least what " + WARN + " is, " + warn);
                critical = warn;
            }
            double samples = number(MIN_SAMPLES, (double) usual.minSamples(), 1e9, "a whole number from 1");
            if (samples < 1 || samples != Math.rint(samples)) {
                wrong(MIN_SAMPLES, "a whole number from 1");
                samples = (double) usual.minSamples();
            }
            double share = number(SHARE, usual.modelShare(), 1, "a part of the features above 0 and up to 1, e.g. 0.3");
            return usual.withLimits(warn, critical)
                    .withMinSamples((long) samples)
                    .withModelShare(share);
        }

        private double number(String name, double otherwise, double most, String expected) {
            String text = parameters.get(name);
            if (text == null) {
                return otherwise;
            }
            double number = text.matches("\\d{1,10}(\\.\\d{1,9})?") ? Double.parseDouble(text) : -1;
            if (number <= 0 || number > most) {
                wrong(name, expected);
                return otherwise;
            }
            return number;
        }

        private interface Parser<T> {
            /// @throws IllegalArgumentException with what was expected
            T parse(String text);
        }

        private <T extends @Nullable Object> T parsed(String name, T otherwise, Parser<T> parser) {
            String text = parameters.get(name);
            if (text == null) {
                return otherwise;
            }
            try {
                return parser.parse(text);
            } catch (IllegalArgumentException e) {
                wrong(name, String.valueOf(e.getMessage()));
                return otherwise;
            }
        }

        private void wrong(String name, String expected) {
            problems.add("parameter '%s': string_value '%s' is not used (expected: %s)"
                    .formatted(name, parameters.getOrDefault(name, ""), expected));
        }
    }
}
