package dev.penstock.router.shadow;

import dev.penstock.router.arms.GroupSums;
import dev.penstock.router.evidence.AsymptoticSequence;
import dev.penstock.router.evidence.JackknifeSums;

/// How many times as long a shadow's runs are as the primary's, by pairs of runs of as many rows: the geometric
/// mean. Pairs, as both of a pair depend on the same rows, and on the same moment; of logarithms, so that twice
/// as long and half as long cancel. Bounds hold at all times at once, also where one unit asks often. Pure.
///
/// @param mean NaN of none
/// @param lower 0 where there is not enough to tell
/// @param upper infinity likewise
/// @param groups of units that pairs are of
public record RunRatio(double mean, double lower, double upper, int groups) {
    /// A pair counts for no more, or one in which somebody else had the processor would tell as much as a
    /// thousand.
    public static final double MOST = 64;

    private static final double MOST_LOG = Math.log(MOST);

    /// @param longer what [#log] says of each pair
    /// @param alpha how likely the bounds may ever be wrong, in (0, 1)
    public static RunRatio of(GroupSums longer, double alpha) {
        if (longer.count() == 0) {
            return new RunRatio(Double.NaN, 0, Double.POSITIVE_INFINITY, 0);
        }
        AsymptoticSequence log = AsymptoticSequence.ofMean(JackknifeSums.of(longer.counts(), longer.sums()), alpha);
        return new RunRatio(
                Math.exp(longer.sum() / (double) longer.count()),
                Math.exp(log.lower()),
                Math.exp(log.upper()),
                longer.groups());
    }

    /// Of one pair.
    ///
    /// @param primaryNanos positive
    static double log(long primaryNanos, long shadowNanos) {
        double log = Math.log((double) Math.max(1, shadowNanos) / (double) primaryNanos);
        return Math.clamp(log, -MOST_LOG, MOST_LOG);
    }

    /// Whether there are too few units for bounds, however many pairs.
    public boolean isUnsure() {
        return groups < AsymptoticSequence.LEAST_GROUPS;
    }
}
