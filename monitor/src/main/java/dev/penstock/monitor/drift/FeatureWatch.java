package dev.penstock.monitor.drift;

import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.statistics.DriftEvidence;
import dev.penstock.monitor.statistics.PopulationStability;
import org.jspecify.annotations.Nullable;

/// Gathers evidence of one feature's drift. Confined to one thread.
///
/// Evidence of a drift that does not matter is spent as soon as that is plain, so that it does not lend
/// itself to another one.
final class FeatureWatch {
    /// More than what is enough helps nobody, and would have to be forgotten when the drift is over.
    private static final double SURPLUS = 20;

    /// ln of what is no more than one bet's stake.
    private static final double NOTHING = 0;

    /// ln of what has to be left without the sub-window that says most: one odd one wakes nobody, however odd.
    private static final double WITHOUT_ONE = Math.log(20);

    private final Feature feature;
    private final long[] baseline;
    private final double[] shares;
    private final DriftRules rules;
    private final double alarmAt;
    private final @Nullable MeanWatch mean;
    private double logEvidence = DriftEvidence.NONE;

    /// Of the last sub-window, of all since the evidence began to grow, and the most of one of those: ln of
    /// e-values.
    private double last;

    private double all;
    private double most = Double.NEGATIVE_INFINITY;

    /// By slot, since the evidence began to grow.
    private long[] since;

    private FeatureWatch(Feature feature, long[] baseline, DriftRules rules, double alarmAt, @Nullable MeanWatch mean) {
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
    static FeatureWatch of(Feature feature, Cumulative baseline, DriftRules rules, double alarmAt, double meanAlarmAt) {
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
        double m = (double) Bins.total(baseline);
        double weight = m / (m + (double) Bins.total(counts));
        last = DriftEvidence.logEValue(counts, shares, DriftEvidence.CONCENTRATION, weight);
        all += last;
        most = Math.max(most, last);
        logEvidence = Math.min(alarmAt + SURPLUS, DriftEvidence.next(logEvidence, last));
        for (int i = 0; i < since.length; i++) {
            since[i] += counts[i];
        }
        if (logEvidence <= NOTHING) {
            begin();
        }
        if (mean != null) {
            mean.add(subWindow);
        }
    }

    String name() {
        return feature.name();
    }

    /// Begins anew.
    void forget() {
        logEvidence = DriftEvidence.NONE;
        begin();
        if (mean != null) {
            mean.forget();
        }
    }

    private void begin() {
        since = new long[since.length];
        all = 0;
        most = Double.NEGATIVE_INFINITY;
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
            begin();
        }
        return judged;
    }

    private DriftStatus material(PopulationStability stability, long count) {
        boolean lasting = last > 0 && all - most >= WITHOUT_ONE;
        if (count < rules.minSamples() || !lasting) {
            return DriftStatus.NOTICE;
        }
        if (stability.pMaterial(rules.criticalPsi()) <= rules.materialLevel()) {
            return DriftStatus.CRITICAL;
        }
        return stability.pMaterial(rules.warnPsi()) <= rules.materialLevel() ? DriftStatus.WARNING : DriftStatus.NOTICE;
    }
}
