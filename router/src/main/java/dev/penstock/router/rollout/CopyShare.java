package dev.penstock.router.rollout;

import dev.penstock.monitor.statistics.BernoulliSequence;
import dev.penstock.router.arms.GroupSums;
import dev.penstock.router.evidence.AsymptoticSequence;
import dev.penstock.router.evidence.JackknifeSums;

/// What part of a candidate's copies something became of, with bounds that hold at all times at once. A unit asks
/// the same again and again, so that its copies are no draws of their own: the bounds are the wider ones of those
/// that are exact if each copy is one, and of those by random groups of units. Pure.
///
/// @param share NaN of no copies
/// @param lower 0 where there is not enough to tell
/// @param upper 1 likewise
record CopyShare(double share, double lower, double upper) {
    /// Of no copies.
    static final CopyShare NONE = new CopyShare(Double.NaN, 0, 1);

    /// @param had of the copies
    /// @param groups 1 for each of these, 0 for each other; of some copies it may be unknown
    /// @param alpha how likely the bounds may ever be wrong, in (0, 1)
    static CopyShare of(long had, long copies, GroupSums groups, double alpha) {
        BernoulliSequence each = BernoulliSequence.of(had, copies, alpha);
        JackknifeSums sums = JackknifeSums.of(groups.counts(), groups.sums());
        AsymptoticSequence byGroup = AsymptoticSequence.ofMean(sums, alpha, LeastError.of(groups));
        return new CopyShare(
                (double) had / (double) copies,
                Math.max(0, Math.min(each.lower(), byGroup.lower())),
                Math.min(1, Math.max(each.upper(), byGroup.upper())));
    }
}
