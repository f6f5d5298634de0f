package dev.penstock.monitor.drift;

import dev.penstock.core.Check;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.PlannedVector;
import dev.penstock.monitor.statistics.FalseDiscovery;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Holds a window against a baseline.
///
/// Of each feature two things are asked: whether it changed at all, and whether the change matters (see
/// [DriftRules]). The first is asked of many features at once, so that their p-values are adjusted, those of
/// inputs and those of outputs apart (Benjamini and Hochberg): a model with many inputs must not hide a
/// change of what it says. The measures of a vector are one there (Bonferroni), as they are many of one
/// thing.
public final class Drift {
    private Drift() {}

    /// @param baseline what was counted when all was well, by the same plan
    /// @param window what was counted of late
    public static DriftReport of(Cumulative baseline, Cumulative window, DriftRules rules) {
        Check.argument(
                baseline.plan().id().equals(window.plan().id()),
                "a window counted by plan %s cannot be held against a baseline of plan %s",
                window.plan().id(),
                baseline.plan().id());
        List<FeatureComparison> comparisons = new ArrayList<>();
        for (Feature feature : baseline.plan().features()) {
            comparisons.add(FeatureComparison.of(feature, baseline, window, rules));
        }
        double[] inputs = adjusted(comparisons, false, rules);
        double[] outputs = adjusted(comparisons, true, rules);
        List<FeatureDrift> features = new ArrayList<>();
        for (int i = 0; i < comparisons.size(); i++) {
            FeatureComparison comparison = comparisons.get(i);
            double[] family = comparison.feature().output() ? outputs : inputs;
            features.add(comparison.judged(family[i], rules));
        }
        return report(window, features, vectors(baseline, window, rules), rules);
    }

    /// @return by comparison; 1 for those of the other family, and those of which nothing can be said
    private static double[] adjusted(List<FeatureComparison> comparisons, boolean outputs, DriftRules rules) {
        Map<String, List<Integer>> wholes = new LinkedHashMap<>();
        for (int i = 0; i < comparisons.size(); i++) {
            Feature feature = comparisons.get(i).feature();
            if (feature.output() == outputs && comparisons.get(i).sufficient(rules)) {
                wholes.computeIfAbsent(feature.whole(), _ -> new ArrayList<>()).add(i);
            }
        }
        List<List<Integer>> family = List.copyOf(wholes.values());
        double[] smallest = new double[family.size()];
        for (int i = 0; i < smallest.length; i++) {
            smallest[i] = 1;
            for (int member : family.get(i)) {
                smallest[i] = Math.min(smallest[i], ofOne(comparisons, family.get(i), member));
            }
        }
        double[] adjusted = FalseDiscovery.benjaminiHochberg(smallest);
        double[] all = new double[comparisons.size()];
        Arrays.fill(all, 1);
        for (int i = 0; i < adjusted.length; i++) {
            for (int member : family.get(i)) {
                all[member] = Math.max(adjusted[i], ofOne(comparisons, family.get(i), member));
            }
        }
        return all;
    }

    /// Of one measure of several.
    private static double ofOne(List<FeatureComparison> comparisons, List<Integer> measures, int member) {
        return Math.min(1, comparisons.get(member).p() * (double) measures.size());
    }

    private static List<VectorDrift> vectors(Cumulative baseline, Cumulative window, DriftRules rules) {
        List<PlannedVector> vectors = baseline.plan().vectors().stream()
                .filter(vector -> vector.reference() != null)
                .toList();
        double level = rules.fdr() / Math.max(1, vectors.size());
        return vectors.stream()
                .map(vector -> VectorDrift.of(vector, baseline, window, level))
                .toList();
    }

    private static DriftReport report(
            Cumulative window, List<FeatureDrift> features, List<VectorDrift> vectors, DriftRules rules) {
        ModelVerdict verdict = new ModelVerdict(rules);
        features.forEach(feature -> verdict.add(feature.feature(), feature.status()));
        vectors.forEach(vector -> verdict.add(vector.name(), vector.status()));
        return new DriftReport(
                window.plan().id(),
                window.recorded(),
                window.seen(),
                verdict.status(),
                verdict.share(),
                features,
                vectors);
    }
}
