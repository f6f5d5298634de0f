package dev.penstock.monitor.drift;

import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.statistics.DriftEvidence;
import dev.penstock.monitor.statistics.PopulationStability;
import org.jspecify.annotations.Nullable;

/// Gathers evidence of one feature's drift. Confined to one thread.
///
/// Evidence of a drift that does not matter is spent as soon as that is plain: a baseline's shares are not
/// known
/// exactly, so that very many values are evidence against any.
final class FeatureWatch {
    /// More than what is enough helps nobody, and would have to be forgotten when the drift is over.
    private static final double SURPLUS = 20;

    /// ln of what is no more than one bet's stake.
    private static final double NOTHING = 0;

    /// One odd sub-window wakes nobody, however odd.
    private static final int LEAST_STREAK = 2;

    private final Feature feature;
    private final long[] baseline;
    private final double[] shares;
    private final DriftRules rules;
    private final double alarmAt;
    private final @Nullable MeanWatch mean;
    private double logEvidence = DriftEvidence.NONE;

    /// How many sub-windows in a row added to it.
    private int streak;

    /// By slot, since the evidence began to grow.
    private long[] since;

    private FeatureWatch(
            Feature feature, long[] baseline, DriftRules rules, double alarmAt, @Nullable MeanWatch mean) {
        this.feature = feature;
        this.baseline = baseline;
        this.shares = DriftEvidence.sharesOf(baseline);
        this.rules = rules;
        this.alarmAt = alarmAt;
        this.mean = mean;
        this.since = new long[baseline.length];
    }

    /// Whether the baseline has enough of it.
    static boolean isPossible(Feature feature, Cumulative baseline, DriftRules rules) {
        return !feature.learning() && Bins.total(slots(feature, baseline)) >= rules.minSamples();
    }

    /// @param alarmAt ln of the evidence that is enough
    /// @param meanAlarmAt the same of a mean's, in standard errors
    static FeatureWatch of(
            Feature feature, Cumulative baseline, DriftRules rules, double alarmAt, double meanAlarmAt) {
        MeanWatch mean = null;
        if (feature instanceof Feature.Numeric numeric) {
            Moments usual = Moments.of(baseline, numeric);
            mean = usual.isSample() ? new MeanWatch(numeric, usual, meanAlarmAt) : null;
        }
        return new FeatureWatch(feature, slots(feature, baseline), rules, alarmAt, mean);
    }

    private static long[] slots(Feature feature, Cumulative counts) {
        return switch (feature) {
            case Feature.Numeric numeric -> Bins.coarse(counts.bins(numeric));
            case Feature.Categorical keys -> Bins.known(keys, counts);
        };
    }

    void add(Cumulative subWindow) {
        long[] counts = slots(feature, subWindow);
        double logEValue = DriftEvidence.logEValue(counts, shares, DriftEvidence.CONCENTRATION);
        streak = logEValue > 0 ? streak + 1 : 0;
        logEvidence = Math.min(alarmAt + SURPLUS, DriftEvidence.next(logEvidence, logEValue));
        for (int i = 0; i < since.length; i++) {
            since[i] += counts[i];
        }
        if (logEvidence <= NOTHING) {
            since = new long[since.length];
        }
        if (mean != null) {
            mean.add(subWindow);
        }
    }

    /// After each sub-window.
    FeatureEvidence judge() {
        MeanEvidence ofMean = mean == null ? MeanEvidence.UNKNOWN : mean.evidence();
        long count = Bins.total(since);
        if (count == 0) {
            return new FeatureEvidence(feature, DriftStatus.OK, logEvidence, alarmAt, 0, Double.NaN, ofMean);
        }
        PopulationStability stability = PopulationStability.pooled(baseline, since);
        DriftStatus status = logEvidence >= alarmAt ? material(stability, count) : DriftStatus.OK;
        FeatureEvidence judged =
                new FeatureEvidence(feature, status, logEvidence, alarmAt, count, stability.psi(), ofMean);
        if (status == DriftStatus.NOTICE && stability.pEquivalent(rules.warnPsi()) <= rules.materialLevel()) {
            logEvidence = DriftEvidence.NONE;
            since = new long[since.length];
        }
        return judged;
    }

    private DriftStatus material(PopulationStability stability, long count) {
        if (count < rules.minSamples() || streak < LEAST_STREAK) {
            return DriftStatus.NOTICE;
        }
        if (stability.pMaterial(rules.criticalPsi()) <= rules.materialLevel()) {
            return DriftStatus.CRITICAL;
        }
        return stability.pMaterial(rules.warnPsi()) <= rules.materialLevel()
                ? DriftStatus.WARNING
                : DriftStatus.NOTICE;
    }
}
