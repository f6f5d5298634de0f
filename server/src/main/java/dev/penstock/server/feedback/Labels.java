package dev.penstock.server.feedback;

import dev.penstock.monitor.feedback.Prediction;
import dev.penstock.monitor.quality.Task;
import dev.penstock.monitor.recording.AnswerReader;
import dev.penstock.server.wire.HeaderText;

/// Holds what is said of a prediction against what can be said of it. Pure.
final class Labels {
    /// Of as many classes as nobody knows.
    private static final int MOST_CLASSES = 1 << 20;

    /// Sums of squares of any number of these are numbers still, and exact enough to tell what others said.
    private static final double MOST_REWARD = 1e9;

    private Labels() {}

    /// What is true of a row.
    sealed interface Truth {}

    record Index(int label) implements Truth {}

    record Amount(double value) implements Truth {}

    /// Why that cannot be said of such a row; "" if it can.
    static String wrong(Prediction prediction, int row, FeedbackItem.Said said, AnswerReader reader) {
        Prediction.Row answered = prediction.rows().get(row);
        Task task = Task.of(prediction.classes());
        return switch (said) {
            case FeedbackItem.Reward(double reward) -> tooLarge(reward);
            case FeedbackItem.Value(double value) ->
                task == Task.REGRESSION
                        ? notFinite("value", value)
                        : "value: %s (expected: a label, as the answer is a class)".formatted(value);
            case FeedbackItem.Label(long index) -> wrongIndex(prediction, answered, task, index);
            case FeedbackItem.NamedLabel(String name) -> {
                int index = reader.index(name);
                yield index < 0
                        ? "label: '%s' (expected: the index of a class, or a name of feedback_labels)"
                                .formatted(HeaderText.quote(name))
                        : wrongIndex(prediction, answered, task, index);
            }
        };
    }

    private static String tooLarge(double reward) {
        return Math.abs(reward) <= MOST_REWARD ? "" : "reward: %s (expected: -1e9 to 1e9)".formatted(reward);
    }

    private static String notFinite(String what, double number) {
        return Double.isFinite(number) ? "" : "%s: %s (expected: a finite number)".formatted(what, number);
    }

    private static String wrongIndex(Prediction prediction, Prediction.Row answered, Task task, long index) {
        if (task == Task.REGRESSION) {
            // A whole number.
            return "";
        }
        int classes = prediction.classes() == Prediction.UNKNOWN ? MOST_CLASSES : prediction.classes();
        if (index < 0 || index >= classes) {
            return "label: %d (expected: 0..%d)".formatted(index, classes - 1);
        }
        boolean told = answered.predicted() >= 0 && answered.predicted() < classes;
        return told ? "" : "label: %d (expected: none, as the answer names no class)".formatted(index);
    }

    /// @param said that is not [#wrong], and no reward
    static Truth truth(Prediction prediction, FeedbackItem.Said said, AnswerReader reader) {
        boolean number = Task.of(prediction.classes()) == Task.REGRESSION;
        return switch (said) {
            case FeedbackItem.Value(double value) -> new Amount(value);
            case FeedbackItem.Label(long index) -> number ? new Amount((double) index) : new Index((int) index);
            case FeedbackItem.NamedLabel(String name) ->
                number ? new Amount(reader.index(name)) : new Index(reader.index(name));
            case FeedbackItem.Reward reward ->
                throw new IllegalArgumentException(reward + " (expected: a label or a value)");
        };
    }
}
