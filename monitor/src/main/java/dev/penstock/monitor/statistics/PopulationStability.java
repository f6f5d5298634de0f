package dev.penstock.monitor.statistics;

import dev.penstock.core.Check;

/// The population stability index and what it means for a sample of this size.
///
/// The index is sum (q - p) ln(q / p), in nats, over the smoothed shares p of the baseline and q of the window.
/// Divided by `scale` = 1/m + 1/n it is about chi-squared if nothing drifted, and about noncentral chi-squared
/// with noncentrality delta / scale if the true index is delta: so one number answers both whether there is a
/// drift at all and whether it is larger than what matters. Idea: the index is a symmetrised G statistic;
/// Potgieter et al., Population Resemblance Statistic (arXiv 2307.11878) do the same with Pearson's.
///
/// Slots that are empty in both samples are left out. Smoothing would give them shares that differ only because
/// the samples differ in size.
///
/// @param psi the index, in nats, not negative
/// @param slots how many were not empty in both samples, at least 1
/// @param baselineCount m, positive
/// @param windowCount n, positive
public record PopulationStability(double psi, int slots, long baselineCount, long windowCount) {
    public PopulationStability {
        Check.argument(psi >= 0, "psi: %s (expected: >= 0)", psi);
        Check.argument(slots >= 1, "slots: %d (expected: >= 1)", slots);
        Check.argument(baselineCount >= 1, "baselineCount: %d (expected: >= 1)", baselineCount);
        Check.argument(windowCount >= 1, "windowCount: %d (expected: >= 1)", windowCount);
    }

    /// Compares two histograms over the same slots, with Jeffreys' smoothing. For slots that each have a fair
    /// share of the baseline; where some are rare, use [#pooled].
    public static PopulationStability of(long[] baseline, long[] window) {
        double psi = index(baseline, window, Smoothing.JEFFREYS);
        return new PopulationStability(
                psi, Counts.used(baseline, window), Counts.total(baseline), Counts.total(window));
    }

    /// The same after rare slots are put together (see [CategoryCells]), without which the approximation by
    /// chi-squared does not hold. The index of the cells is at most that of the slots.
    public static PopulationStability pooled(long[] baseline, long[] window) {
        CategoryCells cells = CategoryCells.of(baseline, window);
        return of(cells.baseline(), cells.window());
    }

    /// The index alone, in nats.
    public static double index(long[] baseline, long[] window, Smoothing smoothing) {
        Counts.checkPair(baseline, window);
        int slots = Counts.used(baseline, window);
        long m = Counts.total(baseline);
        long n = Counts.total(window);
        double sum = 0;
        for (int i = 0; i < baseline.length; i++) {
            if (baseline[i] != 0 || window[i] != 0) {
                double p = smoothing.share(baseline[i], m, slots);
                double q = smoothing.share(window[i], n, slots);
                sum += (q - p) * Math.log(q / p);
            }
        }
        return sum;
    }

    /// 1/m + 1/n: about what each slot but one adds to the index by chance.
    public double scale() {
        return 1.0 / (double) baselineCount + 1.0 / (double) windowCount;
    }

    public int degreesOfFreedom() {
        return slots - 1;
    }

    /// The index less what chance alone makes of it on average; never negative.
    public double corrected() {
        return Math.max(0, psi - degreesOfFreedom() * scale());
    }

    /// How likely an index as large as this is if nothing drifted.
    public double pNoDrift() {
        return Math.exp(logPNoDrift());
    }

    /// ln of [#pNoDrift], which tells apart what is too small for a double.
    public double logPNoDrift() {
        return slots == 1 ? 0 : ChiSquared.logSurvival(psi / scale(), degreesOfFreedom());
    }

    /// How likely an index as large as this is if the true one is `delta`: small, and the true one is larger.
    ///
    /// @param delta in nats, not negative
    public double pMaterial(double delta) {
        return Math.exp(logPMaterial(delta));
    }

    /// ln of [#pMaterial].
    public double logPMaterial(double delta) {
        return slots == 1 ? 0 : NoncentralChiSquared.logSurvival(psi / scale(), degreesOfFreedom(), delta / scale());
    }

    /// How likely an index as small as this is if the true one is `delta`: small, and the true one is smaller.
    ///
    /// @param delta in nats, not negative
    public double pEquivalent(double delta) {
        if (slots == 1) {
            return Math.exp(-delta / scale() / 2);
        }
        return NoncentralChiSquared.cdf(psi / scale(), degreesOfFreedom(), delta / scale());
    }
}
