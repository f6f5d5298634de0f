package dev.penstock.server.rest;

import dev.penstock.core.ServingException;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.server.wire.HeaderText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Finds the inputs of a signature by the names that a prediction says, or the one it need not name. Reused;
/// confined to one thread.
final class NamedInputs {
    private String model = "";
    private @Nullable Signature signature;
    private List<TensorSpec> specs = List.of();
    private byte[][] names = {};

    /// In which object an input was named last.
    private int[] namedIn = {};

    private int object;

    /// The input that was named last.
    private int last = -1;

    /// Those of that signature, from here on.
    @SuppressWarnings("ReferenceEquality") // A version has one for as long as it lives.
    void of(String newModel, Signature newSignature) {
        model = newModel;
        object = 0;
        if (newSignature == signature) {
            Arrays.fill(namedIn, 0);
            return;
        }
        signature = newSignature;
        last = -1;
        specs = newSignature.inputs();
        names = new byte[specs.size()][];
        for (int i = 0; i < names.length; i++) {
            names[i] = specs.get(i).name().getBytes(StandardCharsets.UTF_8);
        }
        namedIn = new int[names.length];
    }

    int count() {
        return names.length;
    }

    TensorSpec spec(int input) {
        return specs.get(input);
    }

    byte[] name(int input) {
        return names[input];
    }

    /// The input of a value without a name: the only one, or the only one that is required.
    ///
    /// @param field where the value is that is next
    int sole(JsonCursor json, Supplier<String> field) {
        if (names.length == 1) {
            return 0;
        }
        int sole = -1;
        int required = 0;
        for (int i = 0; i < names.length; i++) {
            if (!specs.get(i).optional()) {
                sole = i;
                required++;
            }
        }
        if (required != 1) {
            throw json.wrong(field, "an object with inputs of model '%s': %s".formatted(model, all()));
        }
        return sole;
    }

    private String all() {
        return specs.stream().map(spec -> "'" + spec.name() + "'").collect(Collectors.joining(", "));
    }

    /// Begins another object whose keys are inputs.
    void begin() {
        object++;
    }

    /// Whether the object that was begun last has named the input.
    boolean isNamed(int input) {
        return namedIn[input] == object;
    }

    /// The input that the next key of the object names.
    ///
    /// @param where the object is
    int next(TextSpan key, Supplier<String> where) {
        int input = find(key);
        if (input < 0) {
            throw ServingException.invalid("unexpected inference input '%s' for model '%s', in '%s' (expected: %s)"
                    .formatted(HeaderText.quote(key.toString()), model, where.get(), all()));
        }
        if (isNamed(input)) {
            throw JsonFaults.duplicate(HeaderText.quote(key.toString()), "'" + where.get() + "'");
        }
        namedIn[input] = object;
        last = input;
        return input;
    }

    private int find(TextSpan key) {
        // Mostly they come in the order of the signature, object after object.
        for (int i = 0; i < names.length; i++) {
            int input = last + 1 + i < names.length ? last + 1 + i : last + 1 + i - names.length;
            if (key.is(names[input])) {
                return input;
            }
        }
        return -1;
    }
}
