package dev.penstock.loadtest.bench;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What each subject's answer must be: what the first server said. So all of them compute the same, or nothing is
/// measured.
final class Expected {
    private record Key(String subject, List<Long> dims) {}

    private record Answer(String server, List<Float> values) {}

    private final Map<Key, Answer> answers = new HashMap<>();

    /// @return the right answer
    /// @throws BenchException if this one is not
    float[] check(String server, Subject subject, Wire wire, ByteBuffer answer) {
        Key key = new Key(subject.name(), subject.dims());
        Answer known = answers.get(key);
        int count = known == null ? -1 : known.values.size();
        if (known == null && wire == Wire.BINARY) {
            throw new IllegalStateException(subject.name() + " was not asked on another wire before");
        }
        float[] values = Answers.floats(wire, answer, count);
        if (values.length == 0) {
            throw new BenchException("%s answers %s by %s with no floats".formatted(server, subject.name(), wire));
        }
        if (known == null) {
            answers.put(key, new Answer(server, boxed(values)));
            return values;
        }
        float[] right = unboxed(known.values);
        if (!Answers.isNear(values, right)) {
            throw new BenchException("%s answers %s by %s with %s, but %s with %s"
                    .formatted(server, subject.name(), wire, Answers.text(values), known.server, Answers.text(right)));
        }
        return right;
    }

    private static List<Float> boxed(float[] values) {
        Float[] boxed = new Float[values.length];
        for (int i = 0; i < boxed.length; i++) {
            boxed[i] = values[i];
        }
        return List.of(boxed);
    }

    private static float[] unboxed(List<Float> values) {
        float[] plain = new float[values.size()];
        for (int i = 0; i < plain.length; i++) {
            plain[i] = values.get(i);
        }
        return plain;
    }
}
