package dev.penstock.router.shadow;

import dev.penstock.monitor.statistics.BernoulliSequence;
import dev.penstock.router.arms.GroupSums;
import dev.penstock.router.evidence.AsymptoticSequence;
import dev.penstock.router.evidence.JackknifeSums;
import dev.penstock.router.evidence.LeastError;

/// What part of a candidate's copies something became of, with bounds that hold at all times at once. A unit
/// asks the same again and again, so that its copies are no draws of their own: the bounds are the wider ones
/// of those that are exact if each copy is one, and of those by random groups of units. Pure.
///
/// Of fewer groups than the error of a mean can be told by nothing is certain; then only whether more had it
/// than may is known ([#isUnsure]).
///
/// @param share NaN of no copies
/// @param lower 0 where there is not enough to tell
/// @param upper 1 likewise
/// @param groups of units that copies are of
public record CopyShare(double share, double lower, double upper, int groups) {
    /// Of no copies.
    public static final CopyShare NONE = new CopyShare(Double.NaN, 0, 1, 0);

    /// @param had of the copies
    /// @param groups 1 for each of these, 0 for each other; of some copies it may be unknown
    /// @param alpha how likely the bounds may ever be wrong, in (0, 1)
    public static CopyShare of(long had, long copies, GroupSums groups, double alpha) {
        BernoulliSequence each = BernoulliSequence.of(had, copies, alpha);
        JackknifeSums sums = JackknifeSums.of(groups.counts(), groups.sums());
        // Each of them is 0 or 1, as its square is.
        double least = LeastError.of(groups.count(), groups.sum(), groups.sum());
        AsymptoticSequence byGroup = AsymptoticSequence.ofMean(sums, alpha, least);
        return new CopyShare(
                (double) had / (double) copies,
                Math.max(0, Math.min(each.lower(), byGroup.lower())),
                Math.min(1, Math.max(each.upper(), byGroup.upper())),
                groups.groups());
    }

    /// Few units prove nothing, but nobody goes on of whom more had it than may, as far as is known.
    public boolean isSuspicious(double allowed) {
        return isUnsure() && share > allowed;
    }

    /// For people, behind the numbers.
    public String certainty() {
        return isUnsure() ? "; of too few units to be certain" : "";
    }

    /// Whether there are too few units for bounds, however many copies.
    public boolean isUnsure() {
        return groups < AsymptoticSequence.LEAST_GROUPS;
    }
}
