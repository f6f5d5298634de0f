package dev.penstock.server.feedback;

import dev.penstock.core.ModelLoadException;
import dev.penstock.monitor.quality.Task;
import dev.penstock.monitor.recording.AnswerReader;
import dev.penstock.proto.inference.ModelConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a model's configuration says of feedback.
///
/// @param tokens whether answers get tokens; null for what is usual in this process
/// @param answers what it says of the model's outputs
/// @param target the share of labels that should be right; NaN for what it first was
/// @param tolerance how far a predicted number may be from its label to be called right; NaN if nobody
///     says so
public record FeedbackOrder(@Nullable Boolean tokens, AnswerReader.Wish answers, double target, double tolerance) {
    public static final String TOKENS = "feedback_tokens";
    static final String TASK = "feedback_task";
    static final String OUTPUT = "feedback_output";
    static final String THRESHOLD = "feedback_threshold";
    static final String LABELS = "feedback_labels";
    static final String TARGET = "feedback_target";
    static final String TOLERANCE = "feedback_tolerance";

    public static final Set<String> PARAMETERS = Set.of(TOKENS, TASK, OUTPUT, THRESHOLD, LABELS, TARGET, TOLERANCE);

    /// Nothing.
    public static final FeedbackOrder NONE = new FeedbackOrder(null, AnswerReader.Wish.NONE, Double.NaN, Double.NaN);

    /// @throws ModelLoadException if it says something that cannot be
    public static FeedbackOrder of(ModelConfig config) {
        AnswerReader.Wish answers = new AnswerReader.Wish(
                task(config),
                text(config, OUTPUT),
                number(config, THRESHOLD, AnswerReader.Wish.NONE.threshold(), Double.NEGATIVE_INFINITY),
                labels(config));
        double target = number(config, TARGET, Double.NaN, 0);
        if (target > 1) {
            throw wrong(TARGET, text(config, TARGET), "a share from 0 to 1, such as 0.9");
        }
        return new FeedbackOrder(tokens(config), answers, target, number(config, TOLERANCE, Double.NaN, 0));
    }

    private static @Nullable Boolean tokens(ModelConfig config) {
        String text = text(config, TOKENS);
        return switch (text) {
            case "" -> null;
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(TOKENS, text, "true or false");
        };
    }

    private static @Nullable Task task(ModelConfig config) {
        String text = text(config, TASK);
        for (Task task : Task.values()) {
            if (task.name().toLowerCase(Locale.ROOT).equals(text)) {
                return task;
            }
        }
        if (!text.isEmpty()) {
            throw wrong(TASK, text, "binary, multiclass or regression");
        }
        return null;
    }

    private static List<String> labels(ModelConfig config) {
        String text = text(config, LABELS);
        List<String> labels = text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        if (labels.stream().distinct().count() != labels.size() || labels.contains("")) {
            throw wrong(LABELS, text, "names of the classes in their order, each once, such as cat,dog");
        }
        return labels;
    }

    private static double number(ModelConfig config, String name, double otherwise, double least) {
        String text = text(config, name);
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            double number = Double.parseDouble(text);
            if (Double.isFinite(number) && number >= least) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw wrong(name, text, least == 0 ? "a number of at least 0" : "a number");
    }

    private static String text(ModelConfig config, String name) {
        return config.containsParameters(name)
                ? config.getParametersOrThrow(name).getStringValue()
                : "";
    }

    private static ModelLoadException wrong(String parameter, String text, String expected) {
        return new ModelLoadException(
                "parameter '%s': string_value '%s' (expected: %s)".formatted(parameter, text, expected));
    }
}
