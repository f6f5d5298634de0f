package dev.penstock.loadtest.bench;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// A model that is measured, and requests for it: several whose values differ, so that an answer that belongs
/// to another request is seen to be wrong.
///
/// @param name as servers know it
/// @param file its ONNX file
/// @param inputs all of the same shape
/// @param dims of every input in the request, the first of them 1
/// @param checkEvery of how many answers to one request one is compared, number by number
public record Subject(String name, Path file, List<Input> inputs, List<Long> dims, int checkEvery) {
    private static final int FIRST_TOKEN = 1000;
    private static final int MANY_ANSWERS = 1024;
    private static final int VARIANTS = 16;
    private static final int LARGE_VARIANTS = 4;
    private static final int LARGE = 10_000;

    /// @param ints whether it is INT64; FP32 otherwise
    record Input(String name, boolean ints) {
        /// Of one element.
        int bytes() {
            return ints ? Long.BYTES : Float.BYTES;
        }
    }

    public Subject {
        inputs = List.copyOf(inputs);
        dims = List.copyOf(dims);
    }

    static Subject floats(String name, Path file, String input, long... dims) {
        return new Subject(
                name,
                file,
                List.of(new Input(input, false)),
                Arrays.stream(dims).boxed().toList(),
                MANY_ANSWERS);
    }

    /// The same, with more of its answers compared: for models that are too slow to give many.
    Subject checkedEvery(int answers) {
        return new Subject(name, file, inputs, dims, answers);
    }

    /// How many requests there are.
    int variants() {
        return elements() < LARGE ? VARIANTS : LARGE_VARIANTS;
    }

    int elements() {
        return Math.toIntExact(dims.stream().reduce(1L, Math::multiplyExact));
    }

    /// An element of a FP32 input: two decimals and more, so that as JSON it has up to nine significant
    /// digits. Variants differ in their order and in their mean.
    static float floatAt(int variant, int index) {
        return ((index * 37 + variant * 211) % 1000 + 1) * 0.001234567f * (1 + variant / 16f);
    }

    /// An element of an INT64 input: token ids, ones for masks.
    static long longAt(Input input, int variant, int index) {
        return input.name().equals("input_ids") ? FIRST_TOKEN + variant * 997 + index : 1;
    }

    /// The inputs of one variant, one after the other, little-endian.
    byte[] bytes(int variant) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        inputs.forEach(input -> all.writeBytes(bytes(variant, input)));
        return all.toByteArray();
    }

    byte[] bytes(int variant, Input input) {
        ByteBuffer data = ByteBuffer.allocate(elements() * input.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements(); i++) {
            if (input.ints()) {
                data.putLong(longAt(input, variant, i));
            } else {
                data.putFloat(floatAt(variant, i));
            }
        }
        return data.array();
    }
}
