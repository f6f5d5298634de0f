package dev.penstock.monitor.drift;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What is known of all features of one version in one window.
///
/// @param plan by which both were counted
/// @param rows that were recorded in the window
/// @param seen rows that ran in it: more than were recorded while sampling is on
/// @param status of the model
/// @param share of the features with enough values that have a warning or worse, a vector being one; NaN
///     if none
///     has enough
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
    /// What has to be stayed below for an alarm to be cleared, of what raises one.
    private static final double CALM_PART = 0.8;

    public DriftReport {
        features = List.copyOf(features);
        vectors = List.copyOf(vectors);
    }

    /// The features and vectors that have some values, and too few yet.
    public Set<String> insufficient() {
        Set<String> names = new HashSet<>();
        features.stream()
                .filter(feature -> feature.status() == DriftStatus.INSUFFICIENT)
                .filter(feature -> feature.count() > 0 && feature.baselineCount() > 0)
                .forEach(feature -> names.add(feature.name()));
        vectors.stream()
                .filter(vector -> vector.status() == DriftStatus.INSUFFICIENT)
                .filter(vector -> vector.count() > 0 && vector.baselineCount() > 0)
                .forEach(vector -> names.add(vector.name()));
        return names;
    }

    /// Of how many features something is said, a vector being one.
    public int judged() {
        Set<String> names = new HashSet<>();
        features.stream()
                .filter(feature -> feature.status() != DriftStatus.INSUFFICIENT)
                .forEach(feature -> names.add(feature.feature().whole()));
        vectors.stream()
                .filter(vector -> vector.status() != DriftStatus.INSUFFICIENT)
                .forEach(vector -> names.add(vector.name()));
        return names.size();
    }

    /// Whether it speaks for clearing an alarm: if all that is near its limit were alarming, the model would
    /// not
    /// be. An input that moved for good and decides nothing is in nobody's way.
    ///
    /// @param rules by which the report was made
    public boolean isCalm(DriftRules rules) {
        return isCalm(rules, 0);
    }

    /// The same of a report of some of a model's features.
    ///
    /// @param others features that it says nothing of
    public boolean isCalm(DriftRules rules, int others) {
        ModelVerdict near = new ModelVerdict(rules, others);
        for (FeatureDrift feature : features) {
            boolean moved = feature.distribution().psiCorrected() > CALM_PART * rules.warnPsi();
            near.add(feature.feature(), moved ? feature.status().worse(DriftStatus.WARNING) : feature.status());
        }
        for (VectorDrift vector : vectors) {
            near.add(
                    vector.name(),
                    vector.isNear(CALM_PART) ? vector.status().worse(DriftStatus.WARNING) : vector.status());
        }
        return !near.status().alarming() && !(near.share() >= CALM_PART * rules.modelShare());
    }
}
