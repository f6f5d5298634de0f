package dev.penstock.loadtest.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// A model that is measured, and one request for it.
///
/// @param name as servers know it
/// @param file its ONNX file
/// @param inputs all of the same shape
/// @param dims of every input in the request, the first of them 1
record Subject(String name, Path file, List<Input> inputs, List<Long> dims) {
    private static final int FIRST_TOKEN = 1000;

    /// @param ints whether it is INT64; FP32 otherwise
    record Input(String name, boolean ints) {}

    Subject {
        inputs = List.copyOf(inputs);
        dims = List.copyOf(dims);
    }

    static Subject floats(String name, Path file, String input, long... dims) {
        return new Subject(
                name,
                file,
                List.of(new Input(input, false)),
                Arrays.stream(dims).boxed().toList());
    }

    int elements() {
        return Math.toIntExact(dims.stream().reduce(1L, Math::multiplyExact));
    }

    /// An element of a FP32 input: two decimals and more, so that as JSON it has up to nine significant digits.
    static float floatAt(int index) {
        return (index * 37 % 1000 + 1) * 0.001234567f;
    }

    /// An element of an INT64 input: token ids, ones for masks.
    static long longAt(Input input, int index) {
        return input.name().equals("input_ids") ? FIRST_TOKEN + index : 1;
    }
}
