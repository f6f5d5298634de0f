package dev.penstock.monitor.drift;

import java.util.ArrayList;
import java.util.List;

/// What is known of all features of one version in one window.
///
/// @param plan by which both were counted
/// @param rows that were recorded in the window
/// @param seen rows that ran in it: more than were recorded while sampling is on
/// @param status of the model
/// @param share of the features with enough values that have a warning or worse, a vector being one; NaN if
///     none has enough
/// @param features in the order of the plan
/// @param vectors the same as wholes, where there is something to hold them against
public record DriftReport(
        String plan,
        long rows,
        long seen,
        DriftStatus status,
        double share,
        List<FeatureDrift> features,
        List<VectorDrift> vectors) {
    public DriftReport {
        features = List.copyOf(features);
        vectors = List.copyOf(vectors);
    }

    /// What it says of each feature and vector.
    ///
    /// @param rules by which the report was made
    List<Verdict> verdicts(DriftRules rules) {
        List<Verdict> verdicts = new ArrayList<>();
        features.forEach(feature -> verdicts.add(Verdict.of(feature, rules)));
        vectors.forEach(vector -> verdicts.add(Verdict.of(vector)));
        return verdicts;
    }
}
