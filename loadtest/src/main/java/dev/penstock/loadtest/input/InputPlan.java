package dev.penstock.loadtest.input;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/// What is to be sent to a model, and what it should answer. Names of inputs and outputs are held against the
/// model when payloads are made of it.
///
/// @param rows of each request: the first dimension of every input where the model leaves it open
/// @param length what the other open dimensions are: drawn once for each request, the same for all its
///     inputs; empty if there may be none
/// @param shapes of some inputs, instead of the model's; -1 leaves a dimension to `rows` or `length`
/// @param ranges of the values of some inputs; else [ValueGenerator#defaultRange]
/// @param choices values that an input is drawn from, instead of a range
/// @param declared what the model takes, for servers that do not say
/// @param payloads how many different requests are made; empty for [#GENERATED], or all that the files have
/// @param seed the same seed makes the same requests
/// @param files that values are read from instead of making them up: by the name of an input, or under [#WHOLE]
/// @param expected files with right answers, in the order of the requests: by the name of an output, or under
///     [#WHOLE]
/// @param recordExpected that each request is sent once before the test, and all later answers have to be alike
/// @param tolerance between an expected value and an answered one
/// @param outputs that are asked for; empty for all
/// @param parameters of each request, such as `priority` or `timeout`
public record InputPlan(
        Distribution rows,
        Optional<Distribution> length,
        Map<String, List<Long>> shapes,
        Map<String, ValueRange> ranges,
        Map<String, List<String>> choices,
        List<TensorSpec> declared,
        OptionalInt payloads,
        long seed,
        Map<String, Path> files,
        Map<String, Path> expected,
        boolean recordExpected,
        Tolerance tolerance,
        List<String> outputs,
        Map<String, JsonNode> parameters) {
    /// The name under which a file has all inputs, or all outputs.
    public static final String WHOLE = "";

    /// How many requests are made up if nothing is said.
    public static final int GENERATED = 64;

    /// More are not kept in memory.
    public static final int MAX_PAYLOADS = 100_000;

    public InputPlan {
        shapes = Map.copyOf(shapes);
        ranges = Map.copyOf(ranges);
        choices = Map.copyOf(choices);
        declared = List.copyOf(declared);
        files = Map.copyOf(files);
        expected = Map.copyOf(expected);
        outputs = List.copyOf(outputs);
        parameters = Map.copyOf(parameters);
        check(
                payloads.isEmpty() || (payloads.getAsInt() >= 1 && payloads.getAsInt() <= MAX_PAYLOADS),
                "payloads: " + (payloads.isPresent() ? payloads.getAsInt() : 0),
                "1 to " + MAX_PAYLOADS);
        check(alone(files), "files: " + files.keySet(), "one file for all inputs, or one for each");
        check(alone(expected), "expected: " + expected.keySet(), "one file for all outputs, or one for each");
        check(expected.isEmpty() || !recordExpected, "expected and record-expected", "one of them");
        check(expected.isEmpty() || !files.isEmpty(), "expected without files", "files, so that requests are known");
        choices.forEach((name, values) -> check(!values.isEmpty(), "choices of '" + name + "': none", "some values"));
    }

    private static boolean alone(Map<String, Path> files) {
        return !files.containsKey(WHOLE) || files.size() == 1;
    }

    private static void check(boolean right, String found, String expected) {
        if (!right) {
            throw new InputError(found + " (expected: " + expected + ")");
        }
    }

    /// Reads the part of a scenario that is about inputs.
    ///
    /// @param where it is, for messages: `mix[0].inputs`
    /// @param folder that relative paths of files begin at
    /// @throws InputError naming the key that is unknown or wrong
    public static InputPlan read(String where, JsonNode node, Path folder) {
        return InputPlanJson.read(where, node, folder);
    }

    /// So that [#read] makes it again, defaults included.
    public JsonNode toJson() {
        return InputPlanJson.write(this);
    }

    /// The same with other parameters.
    public InputPlan withParameters(Map<String, JsonNode> others) {
        Builder builder = new Builder(this);
        builder.parameters.clear();
        builder.parameters.putAll(others);
        return builder.build();
    }

    /// A plan that makes up one row at a time.
    public static Builder builder() {
        return new Builder();
    }

    /// Collects the parts of a plan. Not thread safe.
    public static final class Builder {
        private Distribution rows = new Distribution.Fixed(1);
        private Optional<Distribution> length = Optional.empty();
        private final Map<String, List<Long>> shapes = new LinkedHashMap<>();
        private final Map<String, ValueRange> ranges = new LinkedHashMap<>();
        private final Map<String, List<String>> choices = new LinkedHashMap<>();
        private List<TensorSpec> declared = List.of();
        private OptionalInt payloads = OptionalInt.empty();
        private long seed = 1;
        private final Map<String, Path> files = new LinkedHashMap<>();
        private final Map<String, Path> expected = new LinkedHashMap<>();
        private boolean recordExpected;
        private Tolerance tolerance = Tolerance.DEFAULT;
        private List<String> outputs = List.of();
        private final Map<String, JsonNode> parameters = new LinkedHashMap<>();

        private Builder() {}

        private Builder(InputPlan plan) {
            rows = plan.rows;
            length = plan.length;
            shapes.putAll(plan.shapes);
            ranges.putAll(plan.ranges);
            choices.putAll(plan.choices);
            declared = plan.declared;
            payloads = plan.payloads;
            seed = plan.seed;
            files.putAll(plan.files);
            expected.putAll(plan.expected);
            recordExpected = plan.recordExpected;
            tolerance = plan.tolerance;
            outputs = plan.outputs;
            parameters.putAll(plan.parameters);
        }

        public Builder rows(Distribution value) {
            rows = value;
            return this;
        }

        public Builder length(Distribution value) {
            length = Optional.of(value);
            return this;
        }

        public Builder shape(String input, List<Long> shape) {
            shapes.put(input, List.copyOf(shape));
            return this;
        }

        public Builder range(String input, ValueRange range) {
            ranges.put(input, range);
            return this;
        }

        public Builder choices(String input, List<String> values) {
            choices.put(input, List.copyOf(values));
            return this;
        }

        public Builder declared(List<TensorSpec> value) {
            declared = value;
            return this;
        }

        public Builder payloads(int value) {
            payloads = OptionalInt.of(value);
            return this;
        }

        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /// @param input or [#WHOLE]
        public Builder file(String input, Path file) {
            files.put(input, file);
            return this;
        }

        /// @param output or [#WHOLE]
        public Builder expected(String output, Path file) {
            expected.put(output, file);
            return this;
        }

        public Builder recordExpected(boolean value) {
            recordExpected = value;
            return this;
        }

        public Builder tolerance(Tolerance value) {
            tolerance = value;
            return this;
        }

        public Builder outputs(List<String> value) {
            outputs = value;
            return this;
        }

        public Builder parameter(String name, JsonNode value) {
            parameters.put(name, value);
            return this;
        }

        /// @throws InputError naming the part that cannot be
        public InputPlan build() {
            return new InputPlan(
                    rows,
                    length,
                    shapes,
                    ranges,
                    choices,
                    declared,
                    payloads,
                    seed,
                    files,
                    expected,
                    recordExpected,
                    tolerance,
                    outputs,
                    parameters);
        }
    }
}
