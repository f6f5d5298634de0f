package dev.penstock.monitor.drift;

import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.statistics.ChiSquareTest;
import dev.penstock.monitor.statistics.Distances;
import dev.penstock.monitor.statistics.KolmogorovSmirnov;
import dev.penstock.monitor.statistics.PopulationStability;
import dev.penstock.monitor.statistics.Wasserstein;
import java.util.ArrayList;
import java.util.List;

/// Compares one feature of a window with the baseline, before anything is known of the other features.
///
/// @param pShares the smallest p-value of the shares, multiplied by their number
/// @param means of numbers
record FeatureComparison(
        Feature feature,
        long baselineCount,
        long count,
        Distribution distribution,
        List<ShareChange> shares,
        double pShares,
        MeanComparison means,
        FeatureDrift.BinPair bins) {
    static FeatureComparison of(Feature feature, Cumulative baseline, Cumulative window, DriftRules rules) {
        return switch (feature) {
            case Feature.Numeric numeric -> numeric(numeric, baseline, window, rules);
            case Feature.Categorical categorical -> categorical(categorical, baseline, window, rules);
        };
    }

    /// Whether anything can be said of it.
    boolean sufficient(DriftRules rules) {
        return !feature.learning() && baselineCount >= rules.minSamples() && count >= rules.minSamples();
    }

    /// How likely what is seen is if nothing changed: of both, distribution and shares (Bonferroni).
    double p() {
        double p = Double.isNaN(distribution.pNoDrift()) ? 1 : distribution.pNoDrift();
        return Math.min(1, 2 * Math.min(p, pShares));
    }

    /// @param adjusted p-value among all features of its family
    FeatureDrift judged(double adjusted, DriftRules rules) {
        if (!sufficient(rules)) {
            return new FeatureDrift(
                    feature,
                    baselineCount,
                    count,
                    DriftStatus.INSUFFICIENT,
                    Distribution.UNKNOWN,
                    List.of(),
                    List.of(),
                    MeanComparison.UNKNOWN,
                    bins);
        }
        Distribution all = distribution.adjusted(adjusted);
        DriftStatus status = DriftStatus.OK;
        if (adjusted <= rules.fdr()) {
            status = ofDistribution(all, rules);
            for (ShareChange share : shares) {
                status = status.worse(ofShare(share, rules));
            }
        }
        return new FeatureDrift(
                feature, baselineCount, count, status, all, shares, reasons(status, all, rules), means, bins);
    }

    private DriftStatus ofShare(ShareChange share, DriftRules rules) {
        return share.status(rules, rules.fdr() / shares.size());
    }

    /// Those that say more than the distribution does.
    private List<ShareChange> reasons(DriftStatus status, Distribution all, DriftRules rules) {
        return status == DriftStatus.OK || status == ofDistribution(all, rules)
                ? List.of()
                : shares.stream()
                        .filter(share -> ofShare(share, rules) == status)
                        .toList();
    }

    private static DriftStatus ofDistribution(Distribution distribution, DriftRules rules) {
        if (!(distribution.pNoDrift() <= rules.fdr())) {
            return DriftStatus.OK;
        }
        if (distribution.pCritical() <= rules.materialLevel()) {
            return DriftStatus.CRITICAL;
        }
        return distribution.pWarn() <= rules.materialLevel() ? DriftStatus.WARNING : DriftStatus.NOTICE;
    }

    private static FeatureComparison numeric(
            Feature.Numeric feature, Cumulative baseline, Cumulative window, DriftRules rules) {
        long m = baseline.total(feature);
        long n = window.total(feature);
        long[] before = baseline.bins(feature);
        long[] now = window.bins(feature);
        FeatureDrift.BinPair bins = new FeatureDrift.BinPair(before, now);
        if (feature.learning() || m < rules.minSamples() || n < rules.minSamples()) {
            return new FeatureComparison(
                    feature, m, n, Distribution.UNKNOWN, List.of(), 1, MeanComparison.UNKNOWN, bins);
        }
        List<ShareChange> shares = new ArrayList<>();
        shares.add(share(ShareChange.Kind.MISSING, feature, Feature.Numeric.MISSING, baseline, m, window, n));
        shares.add(share(ShareChange.Kind.NAN, feature, Feature.Numeric.NAN, baseline, m, window, n));
        shares.add(ShareChange.of(
                ShareChange.Kind.INFINITE, infinite(feature, baseline), m, infinite(feature, window), n));
        int above = before.length - 1;
        shares.add(ShareChange.of(ShareChange.Kind.BELOW_RANGE, before[0], m, now[0], n));
        shares.add(ShareChange.of(ShareChange.Kind.ABOVE_RANGE, before[above], m, now[above], n));
        Distribution distribution = Distribution.UNKNOWN;
        MeanComparison means = MeanComparison.of(Moments.of(baseline, feature), Moments.of(window, feature));
        if (Bins.total(before) > 0 && Bins.total(now) > 0) {
            double wasserstein = Wasserstein.distance(before, baseline.binSums(feature), now, window.binSums(feature))
                    / Moments.of(baseline, feature).deviation();
            KolmogorovSmirnov ks = KolmogorovSmirnov.of(before, now);
            distribution = distribution(
                    Bins.coarse(before), Bins.coarse(now), before, now, ks.distance(), ks.pValue(), wasserstein, rules);
        }
        return new FeatureComparison(feature, m, n, distribution, shares, smallest(shares), means, bins);
    }

    private static FeatureComparison categorical(
            Feature.Categorical feature, Cumulative baseline, Cumulative window, DriftRules rules) {
        long m = baseline.total(feature);
        long n = window.total(feature);
        long[] before = Bins.known(feature, baseline);
        long[] now = Bins.known(feature, window);
        FeatureDrift.BinPair bins = new FeatureDrift.BinPair(before, now);
        if (feature.learning() || m < rules.minSamples() || n < rules.minSamples()) {
            return new FeatureComparison(
                    feature, m, n, Distribution.UNKNOWN, List.of(), 1, MeanComparison.UNKNOWN, bins);
        }
        List<ShareChange> shares = List.of(
                share(ShareChange.Kind.MISSING, feature, Feature.Categorical.MISSING, baseline, m, window, n),
                share(ShareChange.Kind.UNSEEN, feature, Feature.Categorical.UNSEEN, baseline, m, window, n));
        Distribution distribution = Distribution.UNKNOWN;
        if (Bins.total(before) > 0 && Bins.total(now) > 0) {
            distribution = distribution(before, now, before, now, Double.NaN, Double.NaN, Double.NaN, rules);
        }
        return new FeatureComparison(
                feature, m, n, distribution, shares, smallest(shares), MeanComparison.UNKNOWN, bins);
    }

    /// @param before coarse bins or categories, of which the index and the test are
    /// @param fineBefore of which the distances are
    private static Distribution distribution(
            long[] before,
            long[] now,
            long[] fineBefore,
            long[] fineNow,
            double ks,
            double pKs,
            double wasserstein,
            DriftRules rules) {
        PopulationStability stability = PopulationStability.pooled(before, now);
        ChiSquareTest chiSquare = ChiSquareTest.pooled(before, now);
        return new Distribution(
                stability.psi(),
                stability.corrected(),
                stability.pNoDrift(),
                Double.NaN,
                stability.pMaterial(rules.warnPsi()),
                stability.pMaterial(rules.criticalPsi()),
                ks,
                pKs,
                Distances.jensenShannon(fineBefore, fineNow),
                Distances.hellinger(fineBefore, fineNow),
                Distances.totalVariation(fineBefore, fineNow),
                wasserstein,
                chiSquare.statistic(),
                chiSquare.pValue(),
                chiSquare.cramersV());
    }

    private static ShareChange share(
            ShareChange.Kind kind, Feature feature, int slot, Cumulative baseline, long m, Cumulative window, long n) {
        return ShareChange.of(kind, baseline.count(feature, slot), m, window.count(feature, slot), n);
    }

    private static long infinite(Feature.Numeric feature, Cumulative cumulative) {
        return cumulative.count(feature, Feature.Numeric.POSITIVE_INFINITY)
                + cumulative.count(feature, Feature.Numeric.NEGATIVE_INFINITY);
    }

    private static double smallest(List<ShareChange> shares) {
        double smallest = 1;
        for (ShareChange share : shares) {
            // One that shrinks is no fault, and must not make the feature one of those that have drifted.
            if (share.window() > share.baseline()) {
                smallest = Math.min(smallest, share.p());
            }
        }
        return Math.min(1, smallest * (double) shares.size());
    }
}
