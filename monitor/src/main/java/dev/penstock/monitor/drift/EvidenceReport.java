package dev.penstock.monitor.drift;

import java.util.List;

/// What sub-windows, one after another, say of all features of one version.
///
/// @param status of the model
/// @param subWindows how many there were
/// @param features those of which the baseline has enough, in the order of the plan
public record EvidenceReport(DriftStatus status, long subWindows, List<FeatureEvidence> features) {
    /// Nothing was gathered.
    public static final EvidenceReport NONE = new EvidenceReport(DriftStatus.INSUFFICIENT, 0, List.of());

    public EvidenceReport {
        features = List.copyOf(features);
    }
}
