package dev.penstock.direct;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/// What a model answers to given inputs, one run for each set of them: what servers' answers are held against.
///
/// @param count of sets of inputs
/// @param shape of every input
/// @param names of the inputs, in the order of their bytes
/// @param data little-endian, set after set, in each input after input; nobody else has it
record Question(int count, List<Long> shape, List<String> names, ByteBuffer data, Path file) {
    private static final String WORD = "answer ";
    private static final int WORDS = 6;

    Question {
        if (count < 1 || shape.isEmpty() || names.isEmpty()) {
            throw new IllegalArgumentException(
                    "count %d, shape %s, names %s (expected: > 0)".formatted(count, shape, names));
        }
        shape = List.copyOf(shape);
        names = List.copyOf(names);
    }

    static boolean isOne(String line) {
        return line.startsWith(WORD);
    }

    /// @param line `answer COUNT DIMENSIONS NAMES BASE64 FILE`, as in `answer 1 1,4 x AACAPwAAAEAAAEBAAACAQA==
    ///     /tmp/a.onnx`
    static Question parse(String line) {
        String[] words = line.split(" ", WORDS);
        if (words.length != WORDS || !isOne(line)) {
            throw new IllegalArgumentException(words[0] + " with " + words.length
                    + " words (expected: answer COUNT DIMENSIONS NAMES BASE64 FILE)");
        }
        return new Question(
                Integer.parseInt(words[1]),
                Arrays.stream(words[2].split(",", -1)).map(Long::valueOf).toList(),
                List.of(words[3].split(",", -1)),
                ByteBuffer.wrap(Base64.getDecoder().decode(words[4])).order(ByteOrder.LITTLE_ENDIAN),
                Path.of(words[5]));
    }

    long[] dims() {
        return shape.stream().mapToLong(Long::longValue).toArray();
    }

    int elements() {
        return Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
    }
}
