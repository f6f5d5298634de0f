package dev.penstock.router.shadow;

import dev.penstock.core.LatencySnapshot;
import dev.penstock.router.arms.GroupSums;
import dev.penstock.router.evidence.AsymptoticSequence;
import dev.penstock.router.evidence.JackknifeSums;

/// What copies said, as people ask for it. Bounds hold however often they are looked at. Pure.
///
/// @param agreed copies that were answered alike
/// @param answered copies that were answered, in whatever form
/// @param differing what part of these is not answered alike
public record ShadowReport(
        ShadowCounts counts,
        long agreed,
        long answered,
        CopyShare differing,
        ClassTable classes,
        DifferenceBins differences,
        Shift shift,
        Runs runs) {
    /// How likely bounds may ever be wrong.
    public static final double ALPHA = 0.05;

    /// The mean of all differences, the shadow's numbers less the primary's.
    ///
    /// @param mean NaN of none
    /// @param lower minus infinity where there is not enough to tell
    /// @param upper infinity likewise
    public record Shift(long answers, double mean, double lower, double upper) {
        static Shift of(GroupSums sums) {
            if (sums.count() == 0) {
                return new Shift(0, Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
            }
            AsymptoticSequence bounds = AsymptoticSequence.ofMean(JackknifeSums.of(sums.counts(), sums.sums()), ALPHA);
            return new Shift(sums.count(), sums.sum() / (double) sums.count(), bounds.lower(), bounds.upper());
        }
    }

    /// Runs of as many rows: for how long the shadow's had a processor, and how long the primary's took.
    ///
    /// @param longer how many times as long the shadow's are, pair by pair
    public record Runs(LatencySnapshot primary, LatencySnapshot shadow, RunRatio longer) {
        /// That are held against each other.
        public long pairs() {
            return shadow.count();
        }

        /// How many times as long the shadow's is; NaN of none.
        ///
        /// @param q which quantile of both
        public double ratio(double q) {
            return shadow.quantileSeconds(q) / primary.quantileSeconds(q);
        }
    }

    public static ShadowReport of(ShadowCounts counts) {
        long answered = counts.compared() + counts.incomparable();
        long agreed = counts.compared() - counts.disagreed();
        return new ShadowReport(
                counts,
                agreed,
                answered,
                answered == 0
                        ? CopyShare.NONE
                        : CopyShare.of(answered - agreed, answered, counts.disagreements(), ALPHA),
                ClassTable.of(counts),
                DifferenceBins.of(counts.differences()),
                Shift.of(counts.shift()),
                new Runs(counts.primaryRun(), counts.shadowRun(), RunRatio.of(counts.longer(), ALPHA)));
    }

    /// The part of the answers that agree; NaN of none.
    public double agreement() {
        return 1 - differing.share();
    }

    /// What that is at least.
    public double leastAgreement() {
        return 1 - differing.upper();
    }

    /// What it is at most.
    public double mostAgreement() {
        return 1 - differing.lower();
    }
}
