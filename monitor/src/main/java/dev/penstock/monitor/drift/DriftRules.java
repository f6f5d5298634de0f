package dev.penstock.monitor.drift;

import dev.penstock.core.Check;
import java.util.Set;

/// When a difference is a drift, and when a drift matters. Both have to hold for an alarm: with many rows the
/// smallest difference is significant, and with few rows a large index is chance.
///
/// @param warnPsi the population stability index that matters, in nats
/// @param criticalPsi the one that is urgent, in nats
/// @param fdr share of false ones among the features of a model that are said to have drifted
/// @param materialLevel how likely an index as large may be if the true one does not matter
/// @param minSamples values of a feature below which nothing is said of it
/// @param warnShare by how much the share of values that are missing, no number, or out of range may grow
/// @param criticalShare the same, where it is urgent
/// @param modelShare of features that have drifted, from which on the model has
/// @param pinned names of features of which one is enough; of a tensor with several its name alone
public record DriftRules(
        double warnPsi,
        double criticalPsi,
        double fdr,
        double materialLevel,
        long minSamples,
        double warnShare,
        double criticalShare,
        double modelShare,
        Set<String> pinned) {
    public static final DriftRules STANDARD = new DriftRules(0.1, 0.25, 0.05, 0.05, 500, 0.01, 0.05, 0.3, Set.of());

    /// What has to be stayed below for an alarm to be over, of what raises one.
    static final double CALM_PART = 0.8;

    public DriftRules {
        pinned = Set.copyOf(pinned);
        Check.argument(warnPsi > 0, "warnPsi: %s (expected: > 0)", warnPsi);
        Check.argument(criticalPsi >= warnPsi, "criticalPsi: %s (expected: >= warnPsi, %s)", criticalPsi, warnPsi);
        Check.argument(fdr > 0 && fdr < 1, "fdr: %s (expected: 0..1)", fdr);
        Check.argument(materialLevel > 0 && materialLevel < 1, "materialLevel: %s (expected: 0..1)", materialLevel);
        Check.argument(minSamples > 0, "minSamples: %d (expected: > 0)", minSamples);
        Check.argument(warnShare > 0 && warnShare <= 1, "warnShare: %s (expected: 0..1)", warnShare);
        Check.argument(
                criticalShare >= warnShare && criticalShare <= 1,
                "criticalShare: %s (expected: warnShare..1)",
                criticalShare);
        Check.argument(modelShare > 0 && modelShare <= 1, "modelShare: %s (expected: 0..1)", modelShare);
    }

    /// The same with that many values of a feature below which nothing is said of it.
    public DriftRules withMinSamples(long samples) {
        return of(warnPsi, criticalPsi, samples, modelShare, pinned);
    }

    /// The same with other indexes that matter.
    public DriftRules withLimits(double warn, double critical) {
        return of(warn, critical, minSamples, modelShare, pinned);
    }

    /// The same with another share of features from which on the model has drifted.
    public DriftRules withModelShare(double share) {
        return of(warnPsi, criticalPsi, minSamples, share, pinned);
    }

    /// The same with those pinned.
    public DriftRules withPinned(Set<String> names) {
        return of(warnPsi, criticalPsi, minSamples, modelShare, names);
    }

    private DriftRules of(double warn, double critical, long samples, double share, Set<String> names) {
        return new DriftRules(warn, critical, fdr, materialLevel, samples, warnShare, criticalShare, share, names);
    }

    /// Whether the model has drifted when that feature has.
    public boolean isPinned(String feature) {
        return pinned.contains(feature)
                || pinned.stream().anyMatch(name -> feature.startsWith(name + "[") || feature.startsWith(name + ":"));
    }
}
