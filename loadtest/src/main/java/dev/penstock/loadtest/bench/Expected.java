package dev.penstock.loadtest.bench;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// What each subject's answers must be: what the model says without any server. Confined to one thread.
final class Expected {
    /// Models of the same file are the same model.
    private record Key(Path file, List<Long> dims) {}

    private final Function<Subject, List<float[]>> source;
    private final Map<Key, List<float[]>> answers = new HashMap<>();

    /// @param source of the right answers, one for each variant; asked once for each subject
    Expected(Function<Subject, List<float[]>> source) {
        this.source = source;
    }

    /// The right answers, one for each variant.
    ///
    /// @throws BenchException if two of them are so near that to mistake one for the other would not be seen
    List<float[]> of(Subject subject) {
        return answers.computeIfAbsent(new Key(subject.file(), subject.dims()), key -> distinct(subject));
    }

    private List<float[]> distinct(Subject subject) {
        List<float[]> right = List.copyOf(source.apply(subject));
        for (int i = 0; i < right.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (Answers.isNear(right.get(i), right.get(j))) {
                    throw new BenchException("%s answers the requests %d and %d alike: %s and %s (expected: not near)"
                            .formatted(subject.name(), j, i, text(right, j), text(right, i)));
                }
            }
        }
        return right;
    }

    private static String text(List<float[]> right, int variant) {
        return Answers.text(right.get(variant));
    }

    /// Holds an answer against the right one.
    ///
    /// @throws BenchException if it is wrong
    void check(String server, Subject subject, int variant, Wire wire, ByteBuffer answer) {
        float[] right = of(subject).get(variant);
        float[] values = Answers.floats(wire, answer, right.length);
        if (!Answers.isNear(values, right)) {
            throw new BenchException("%s answers %s by %s with %s (expected: %s)"
                    .formatted(server, subject.name(), wire, Answers.text(values), Answers.text(right)));
        }
    }
}
