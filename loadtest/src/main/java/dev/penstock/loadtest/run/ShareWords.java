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

    /// @param shares expected, by kind and value
    static List<String> findings(List<StageResult> stages, Map<String, Map<String, Double>> shares) {
        List<String> findings = new ArrayList<>();
        shares.forEach((kind, expected) -> findings.add(finding(kind, expected, counts(stages, kind))));
        return findings;
    }

    /// Answers of all stages, by value.
    private static Map<String, Long> counts(List<StageResult> stages, String kind) {
        Map<String, Long> counts = new HashMap<>();
        for (StageResult stage : stages) {
            for (Part part : stage.parts()) {
                if (part.kind().equals(kind)) {
                    counts.merge(part.value(), part.succeeded(), Long::sum);
                }
            }
        }
        return counts;
    }

    static String finding(String kind, Map<String, Double> expected, Map<String, Long> counts) {
        long all = counts.values().stream().mapToLong(Long::longValue).sum();
        if (all == 0 || counts.keySet().stream().allMatch(String::isEmpty)) {
            return "Shares by " + kind + ": the server's answers do not say their " + kind + ".";
        }
        Map<String, Double> used = new LinkedHashMap<>(expected);
        used.values().removeIf(share -> share == 0);
        String seen = words(expected, counts, all);
        List<String> strangers = counts.entrySet().stream()
                .filter(entry -> !used.containsKey(entry.getKey()) && entry.getValue() > 0)
                .map(entry -> entry.getKey().isEmpty() ? "none" : entry.getKey())
                .sorted()
                .toList();
        if (!strangers.isEmpty()) {
            return "Shares by %s: %s: NOT as expected, as %s answered and should not.".formatted(kind, seen, strangers);
        }
        if (used.values().stream().anyMatch(share -> share * (double) all < FEWEST) || used.size() < 2) {
            return "Shares by %s: %s: %d answers are not enough to judge them.".formatted(kind, seen, all);
        }
        double likelihood = ChiSquare.likelihood(
                used.keySet().stream()
                        .mapToLong(value -> counts.getOrDefault(value, 0L))
                        .toArray(),
                used.values().stream().mapToDouble(Double::doubleValue).toArray());
        return String.format(
                Locale.ROOT,
                likelihood < SUSPICIOUS
                        ? "Shares by %s: %s: NOT as expected (chi-square, p = %.2g); where requests are routed by a key,"
                                + " too few keys look the same."
                        : "Shares by %s: %s: as expected (chi-square, p = %.2g).",
                kind,
                seen,
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
