package dev.penstock.loadtest.input;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Holds what a plan wants against what a model takes.
final class PlanSpecs {
    private PlanSpecs() {}

    /// The inputs of the model with the shapes that the plan gives them.
    ///
    /// @param said by the server
    /// @throws InputError if the plan names an input that is not there, or a shape that the model does not take
    static List<TensorSpec> inputs(InputPlan plan, String model, List<TensorSpec> said) {
        List<TensorSpec> specs = plan.declared().isEmpty() ? said : plan.declared();
        if (specs.isEmpty() && !PlanFiles.areBodies(plan.files())) {
            throw new InputError("the server says nothing about the inputs of '" + model
                    + "' (expected: requests from a JSON file, or declared inputs such as x: FP32[-1,4])");
        }
        if (!specs.isEmpty()) {
            Stream.of(plan.shapes(), plan.ranges(), plan.choices())
                    .flatMap(part -> part.keySet().stream())
                    .forEach(name -> TensorSpec.find("input", name, specs));
        }
        return specs.stream().map(spec -> shaped(plan, spec)).toList();
    }

    private static TensorSpec shaped(InputPlan plan, TensorSpec spec) {
        List<Long> shape = plan.shapes().get(spec.name());
        if (shape == null) {
            return spec;
        }
        boolean fits = shape.size() == spec.shape().size();
        for (int i = 0; fits && i < shape.size(); i++) {
            fits = shape.get(i) < 0
                    || spec.shape().get(i) < 0
                    || shape.get(i).equals(spec.shape().get(i));
        }
        if (!fits) {
            throw new InputError("the shape of input '%s': %s (expected: one of %s, as the model has it)"
                    .formatted(spec.name(), TensorSpec.text(shape), spec.shapeText()));
        }
        List<Long> closed = new ArrayList<>();
        for (int i = 0; i < shape.size(); i++) {
            closed.add(shape.get(i) < 0 ? spec.shape().get(i) : shape.get(i));
        }
        return new TensorSpec(spec.name(), spec.datatype(), closed);
    }

    /// A shape without open dimensions.
    ///
    /// @param length of all open dimensions but the first; negative if there may be none
    static List<Long> shape(TensorSpec spec, long rows, long length) {
        List<Long> shape = new ArrayList<>(spec.shape());
        for (int i = 0; i < shape.size(); i++) {
            if (shape.get(i) < 0) {
                if (i > 0 && length < 0) {
                    throw new InputError(
                            "input '%s' has the shape %s: dimension %d is open (expected: a length such as 128 or"
                                            .formatted(spec.name(), spec.shapeText(), i)
                                    + " uniform(8,128), or a shape for this input)");
                }
                shape.set(i, i == 0 ? rows : length);
            }
        }
        return shape;
    }

    /// @throws InputError if the model does not take these tensors, saying what it takes
    static void check(String model, List<Tensor> tensors, List<TensorSpec> specs) {
        Set<String> names = new HashSet<>();
        for (Tensor tensor : tensors) {
            TensorSpec spec = TensorSpec.find("input", tensor.name(), specs);
            if (!names.add(tensor.name())) {
                throw new InputError("input '" + tensor.name() + "' is there twice (expected: once)");
            }
            if (!spec.datatype().equals(tensor.datatype()) || !spec.takes(tensor.shape())) {
                throw new InputError("input '%s' is %s%s (expected: %s%s, as '%s' takes it)"
                        .formatted(
                                tensor.name(),
                                tensor.datatype(),
                                TensorSpec.text(tensor.shape()),
                                spec.datatype(),
                                spec.shapeText(),
                                model));
            }
        }
        List<String> missing = specs.stream()
                .map(TensorSpec::name)
                .filter(name -> !names.contains(name))
                .toList();
        if (!missing.isEmpty()) {
            throw new InputError("missing inputs %s (expected: all of %s; or declare those that are sent)"
                    .formatted(missing, specs.stream().map(String::valueOf).collect(Collectors.joining("; "))));
        }
    }

    /// Rows belong together by their number, so all files have as many.
    static void checkAlike(Map<String, RowTable> inputs, Map<String, RowTable> expected) {
        List<RowTable> all = Stream.concat(inputs.values().stream(), expected.values().stream())
                .toList();
        for (RowTable table : all) {
            int rows = all.getFirst().rows().size();
            if (table.rows().size() != rows) {
                throw new InputError("%s: %d rows (expected: %d, as %s has)"
                        .formatted(
                                table.where(),
                                table.rows().size(),
                                rows,
                                all.getFirst().where()));
            }
        }
    }
}
