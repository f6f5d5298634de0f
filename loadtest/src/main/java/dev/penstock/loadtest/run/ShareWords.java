package dev.penstock.loadtest.run;

import dev.penstock.loadtest.result.Part;
import dev.penstock.loadtest.result.StageResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Holds the share of the requests that each version or arm got against the weights that were expected.
final class ShareWords {
    /// What chance would bring about more often than this is put down to chance.
    private static final double SUSPICIOUS = 0.001;

    private static final double FEWEST = 5;

    private ShareWords() {}

    /// What came back, by version or arm.
    ///
    /// @param counts answers of all kinds by value, failures among them: who fails fast must not look idle
    /// @param unnamed failures that do not say who answered, such as those that nobody did
    record Answers(Map<String, Long> counts, long unnamed) {}

    /// @param shares expected, by kind and value
    static List<String> findings(List<StageResult> stages, Map<String, Map<String, Double>> shares) {
        List<String> findings = new ArrayList<>();
        shares.forEach((kind, expected) -> findings.add(finding(kind, expected, answers(stages, kind))));
        return findings;
    }

    private static Answers answers(List<StageResult> stages, String kind) {
        Map<String, Long> counts = new HashMap<>();
        long unnamed = 0;
        for (StageResult stage : stages) {
            List<Part> parts = stage.parts().stream()
                    .filter(part -> part.kind().equals(kind))
                    .toList();
            if (parts.isEmpty()) {
                // No answer has that header.
                counts.merge("", stage.succeeded(), Long::sum);
                unnamed += stage.failed();
            }
            for (Part part : parts) {
                boolean named = !part.value().isEmpty();
                counts.merge(part.value(), part.succeeded() + (named ? part.failed() : 0), Long::sum);
                unnamed += named ? 0 : part.failed();
            }
        }
        return new Answers(counts, unnamed);
    }

    static String finding(String kind, Map<String, Double> expected, Answers answers) {
        Map<String, Long> counts = answers.counts();
        long all = counts.values().stream().mapToLong(Long::longValue).sum();
        if (all == 0 && answers.unnamed() > 0) {
            return String.format(
                    Locale.ROOT,
                    "Shares by %s: there was no right answer; %,d requests failed and do not say their %s.",
                    kind,
                    answers.unnamed(),
                    kind);
        }
        if (all == 0 || counts.keySet().stream().allMatch(String::isEmpty)) {
            return "Shares by " + kind + ": the server's answers do not say their " + kind + ".";
        }
        String unnamed = answers.unnamed() == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        " %,d failed requests do not say their %s and are in no share.",
                        answers.unnamed(),
                        kind);
        return "Shares by %s: %s: %s.%s"
                .formatted(kind, words(expected, counts, all), judgement(expected, counts, all), unnamed);
    }

    private static String judgement(Map<String, Double> expected, Map<String, Long> counts, long all) {
        Map<String, Double> used = new LinkedHashMap<>(expected);
        used.values().removeIf(share -> share == 0);
        List<String> strangers = counts.entrySet().stream()
                .filter(entry -> !used.containsKey(entry.getKey()) && entry.getValue() > 0)
                .map(entry -> entry.getKey().isEmpty() ? "none" : entry.getKey())
                .sorted()
                .toList();
        if (!strangers.isEmpty()) {
            return "NOT as expected, as %s answered and should not".formatted(strangers);
        }
        if (used.size() < 2) {
            return "as expected, as nobody else answered";
        }
        if (used.values().stream().anyMatch(share -> share * (double) all < FEWEST)) {
            return "%d answers are not enough to judge them".formatted(all);
        }
        double likelihood = ChiSquare.likelihood(
                used.keySet().stream()
                        .mapToLong(value -> counts.getOrDefault(value, 0L))
                        .toArray(),
                used.values().stream().mapToDouble(Double::doubleValue).toArray());
        return String.format(
                Locale.ROOT,
                likelihood < SUSPICIOUS
                        ? "NOT as expected (chi-square, p = %.2g); where requests are routed by a key, too few keys"
                                + " look the same"
                        : "as expected (chi-square, p = %.2g)",
                likelihood);
    }

    private static String words(Map<String, Double> expected, Map<String, Long> counts, long all) {
        List<String> words = new ArrayList<>();
        expected.forEach((value, share) -> words.add("%s %s (expected %s)"
                .formatted(
                        value,
                        Numbers.percent((double) counts.getOrDefault(value, 0L) / (double) all),
                        Numbers.percent(share))));
        return String.join(", ", words);
    }
}
