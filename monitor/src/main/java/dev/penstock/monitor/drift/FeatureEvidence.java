package dev.penstock.monitor.drift;

import dev.penstock.monitor.recording.Feature;

/// What sub-windows, one after another, say of one feature.
///
/// @param feature which
/// @param status alarming if the evidence is enough, still grows, and the drift matters; [DriftStatus#NOTICE]
///     if only the first
/// @param logEvidence ln of the e-detector's statistic; minus infinity before the first sub-window
/// @param alarmAt from where on that is enough
/// @param count values since the evidence began to grow
/// @param psi of those values; NaN before there is one
/// @param mean how its mean moves; [MeanEvidence#UNKNOWN] for categories
public record FeatureEvidence(
        Feature feature,
        DriftStatus status,
        double logEvidence,
        double alarmAt,
        long count,
        double psi,
        MeanEvidence mean) {}
