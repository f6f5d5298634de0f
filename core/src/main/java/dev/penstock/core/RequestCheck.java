package dev.penstock.core;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Holds a request against a signature before anything native sees it. Pure.
///
/// Every refusal is an [ErrorCode#INVALID_ARGUMENT] that names the field, what it is and what was expected. The
/// words are those that existing clients of the protocol look for.
public final class RequestCheck {
    private RequestCheck() {}

    /// Checks names, types, shapes and byte counts of all inputs, and the names of the requested outputs.
    ///
    /// @return the rows of the request: dimension 0 of its first input where the model is batched, else 1
    /// @throws ServingException if anything does not fit
    public static int check(String model, Signature signature, InferenceRequest request) {
        checkNames(model, signature, request.inputs());
        for (Tensor input : request.inputs()) {
            checkTensor(model, specOf(model, signature, input), input);
        }
        checkNamedDims(model, signature, request.inputs());
        checkOutputs(model, signature, request.outputs());
        return rows(model, signature, request.inputs());
    }

    private static TensorSpec specOf(String model, Signature signature, Tensor input) {
        TensorSpec spec = signature.input(input.name());
        if (spec == null) {
            throw ServingException.invalid(
                    "unexpected inference input '" + input.name() + "' for model '" + model + "'");
        }
        return spec;
    }

    private static void checkNames(String model, Signature signature, List<Tensor> inputs) {
        Set<String> seen = new HashSet<>();
        for (Tensor input : inputs) {
            if (!seen.add(specOf(model, signature, input).name())) {
                throw ServingException.invalid(
                        "duplicate inference input '" + input.name() + "' for model '" + model + "'");
            }
        }
        List<String> missing = new ArrayList<>();
        for (TensorSpec spec : signature.inputs()) {
            if (!spec.optional() && !seen.contains(spec.name())) {
                missing.add(spec.name());
            }
        }
        if (!missing.isEmpty()) {
            throw ServingException.invalid(missingInputs(model, signature, inputs, missing));
        }
    }

    private static String missingInputs(String model, Signature signature, List<Tensor> inputs, List<String> missing) {
        String got = inputs.stream().map(input -> "'" + input.name() + "'").collect(Collectors.joining(","));
        String lacks = missing.stream().map(name -> "'" + name + "'").collect(Collectors.joining(","));
        return "expected %d inputs but got %d inputs for model '%s'. Got input(s) [%s], but missing required input(s) [%s]. Please provide all required input(s)."
                .formatted(signature.inputs().size(), inputs.size(), model, got, lacks);
    }

    private static void checkTensor(String model, TensorSpec spec, Tensor input) {
        if (input.type() != spec.type()) {
            throw ServingException.invalid("inference input '%s' data-type is '%s', but model '%s' expects '%s'"
                    .formatted(input.name(), input.type(), model, spec.type()));
        }
        checkShape(model, spec, input.name(), input.shape());
        checkBytes(model, input);
    }

    private static void checkShape(String model, TensorSpec spec, String name, Shape shape) {
        for (int i = 0; i < shape.rank(); i++) {
            if (shape.dim(i) < 0) {
                throw ServingException.invalid(
                        "All input dimensions should be specified for input '%s' for model '%s', got %s"
                                .formatted(name, model, shape));
            }
        }
        // A scalar may be sent as one element: that is how Triton shows and takes it.
        boolean scalar = spec.shape().rank() == 0 && shape.rank() == 1 && shape.dim(0) == 1;
        if (!scalar && !fits(spec.shape(), shape)) {
            throw ServingException.invalid("unexpected shape for input '%s' for model '%s'. Expected %s, got %s. %s"
                    .formatted(name, model, spec.shape(), shape, mismatch(spec, shape)));
        }
    }

    private static boolean fits(Shape spec, Shape shape) {
        if (spec.rank() != shape.rank()) {
            return false;
        }
        for (int i = 0; i < spec.rank(); i++) {
            if (spec.dim(i) >= 0 && spec.dim(i) != shape.dim(i)) {
                return false;
            }
        }
        return true;
    }

    private static String mismatch(TensorSpec spec, Shape shape) {
        if (spec.shape().rank() != shape.rank()) {
            return "NOTE: it has %d dimensions (expected: %d, %s)"
                    .formatted(shape.rank(), spec.shape().rank(), spec.describeShape());
        }
        int dim = 0;
        while (spec.shape().dim(dim) < 0 || spec.shape().dim(dim) == shape.dim(dim)) {
            dim++;
        }
        return "NOTE: dimension %d is %d (expected: %d, %s)"
                .formatted(dim, shape.dim(dim), spec.shape().dim(dim), spec.describeShape());
    }

    private static void checkBytes(String model, Tensor input) {
        long elements = elementCount(model, input);
        if (input.type() == DataType.BYTES) {
            BytesElements.check(model, input, elements);
            return;
        }
        long expected;
        try {
            expected = Math.multiplyExact(elements, (long) input.type().byteSize());
        } catch (ArithmeticException e) {
            throw overflow(model, input);
        }
        if (input.byteCount() != expected) {
            throw ServingException.invalid(
                    "unexpected size for input '%s' for model '%s', expecting %d bytes (%s of %s), got %d"
                            .formatted(input.name(), model, expected, input.shape(), input.type(), input.byteCount()));
        }
    }

    private static long elementCount(String model, Tensor input) {
        try {
            return input.shape().elementCount();
        } catch (ArithmeticException e) {
            throw overflow(model, input);
        }
    }

    private static ServingException overflow(String model, Tensor input) {
        return ServingException.invalid("shape %s of input '%s' for model '%s' has more elements than can be counted"
                .formatted(input.shape(), input.name(), model));
    }

    /// Dimensions of one name have one size: the model was built on that, and some kernels trust it.
    private static void checkNamedDims(String model, Signature signature, List<Tensor> inputs) {
        for (int i = 1; i < inputs.size(); i++) {
            for (int j = 0; j < i; j++) {
                checkNamedDims(model, signature, inputs.get(j), inputs.get(i));
            }
        }
    }

    private static void checkNamedDims(String model, Signature signature, Tensor first, Tensor second) {
        TensorSpec firstSpec = specOf(model, signature, first);
        TensorSpec secondSpec = specOf(model, signature, second);
        for (int i = 0; i < secondSpec.dimNames().size(); i++) {
            String name = secondSpec.dimNames().get(i);
            int at = name.isEmpty() ? -1 : firstSpec.dimNames().indexOf(name);
            if (at >= 0 && first.shape().dim(at) != second.shape().dim(i)) {
                throw ServingException.invalid(
                        "dimension %d ('%s') of input '%s' for model '%s' is %d, but of input '%s' it is %d"
                                .formatted(
                                        i,
                                        name,
                                        second.name(),
                                        model,
                                        second.shape().dim(i),
                                        first.name(),
                                        first.shape().dim(at)));
            }
        }
    }

    private static void checkOutputs(String model, Signature signature, List<String> outputs) {
        Set<String> seen = new HashSet<>();
        for (String output : outputs) {
            if (signature.output(output) == null) {
                throw ServingException.invalid(
                        "unexpected inference output '" + output + "' for model '" + model + "'");
            }
            if (!seen.add(output)) {
                throw ServingException.invalid("duplicate inference output '" + output + "' for model '" + model + "'");
            }
        }
    }

    private static int rows(String model, Signature signature, List<Tensor> inputs) {
        if (signature.maxBatchSize() == 0 || inputs.isEmpty()) {
            return 1;
        }
        long rows = inputs.getFirst().shape().dim(0);
        for (Tensor input : inputs) {
            if (input.shape().dim(0) != rows) {
                throw ServingException.invalid("input '%s' batch size does not match other inputs for '%s': %d and %d"
                        .formatted(input.name(), model, input.shape().dim(0), rows));
            }
        }
        if (rows < 1 || rows > signature.maxBatchSize()) {
            throw ServingException.invalid("inference request batch-size must be <= %d for '%s' and >= 1, got %d"
                    .formatted(signature.maxBatchSize(), model, rows));
        }
        return (int) rows;
    }
}
