package dev.penstock.router.arms;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.LatencySnapshot;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/// What was counted of one [ArmKey] up to a moment, in a time, or of several replicas together. Immutable.
/// All of it adds, over replicas in any order, and what came since an earlier moment is a difference. Only
/// what is counted *once*, and first exposures, are once for each replica: a unit that several of them see
/// counts for each, which whoever judges makes up for.
///
/// *Eligible* is a request whose outcome says something of the arm: one that came to it by chance, and was
/// answered, *failed* by the arm's fault, was *abandoned*, as its caller went away before it was answered, or
/// was *refused*, by the caller's fault or the arm's. Callers do not know their arm, so who makes more of them
/// leave is slower, or does not answer at all, and who refuses more of them takes less. *Once* is how often
/// in different pairs of a bucket and a sub-window: what one unit does again and again in a short time is
/// counted once, so that counts are of about independent things. Where requests are assigned each for itself,
/// all of them are.
public final class ArmCounts {
    public static final ArmCounts EMPTY = new Builder().build();

    private final Map<ErrorCode, Long> failures;
    private final LatencySnapshot latency;
    private final LatencySnapshot latencyOnce;
    private final LatencySnapshot otherLatency;
    private final long failed;
    private final long abandoned;
    private final long refused;
    private final OnceCounts once;
    private final long firstExposures;
    private final Map<AssignmentReason, Long> reasons;
    private final long[] bins;
    private final ToldSums told;
    private final long trips;

    private ArmCounts(Builder from) {
        failures = Map.copyOf(from.failures);
        latency = from.latency;
        latencyOnce = from.latencyOnce;
        otherLatency = from.otherLatency;
        failed = from.failed;
        abandoned = from.abandoned;
        refused = from.refused;
        once = from.once;
        firstExposures = from.firstExposures;
        reasons = Map.copyOf(from.reasons);
        bins = from.bins.clone();
        told = from.told;
        trips = from.trips;
    }

    /// That have ended, whatever the outcome.
    public long requests() {
        return answered() + failures.values().stream().mapToLong(n -> n).sum();
    }

    public long answered() {
        return latency.count() + otherLatency.count();
    }

    /// Whatever brought them to the arm.
    public long failures(ErrorCode code) {
        return failures.getOrDefault(code, 0L);
    }

    /// Of eligible requests.
    public long failed() {
        return failed;
    }

    /// Of eligible requests, whose callers did not wait for an outcome.
    public long abandoned() {
        return abandoned;
    }

    /// Of eligible requests, that were refused though they had come to the arm.
    public long refused() {
        return refused;
    }

    public long eligible() {
        return latency.count() + failed + abandoned + refused;
    }

    public OnceCounts once() {
        return once;
    }

    public long eligibleOnce() {
        return once.eligible();
    }

    public long failedOnce() {
        return once.failed();
    }

    public long abandonedOnce() {
        return once.abandoned();
    }

    public long refusedOnce() {
        return once.refused();
    }

    /// From when the arm was picked to the outcome, of eligible requests that were answered.
    public LatencySnapshot latency() {
        return latency;
    }

    /// The same of each that was the first of its bucket and sub-window to be counted: a unit asks for much
    /// or for little, again and again.
    public LatencySnapshot latencyOnce() {
        return latencyOnce;
    }

    /// The same of answered requests that did not come by chance, and may therefore be of another kind.
    public LatencySnapshot otherLatency() {
        return otherLatency;
    }

    /// Units that were assigned to the arm and were not seen by the route before. Two units are taken for one
    /// with a chance that does not depend on their arms.
    public long firstExposures() {
        return firstExposures;
    }

    /// Requests by why they came to the arm.
    public Map<AssignmentReason, Long> reasons() {
        return reasons;
    }

    /// What was predicted, in the bins of [PredictionBins], which all arms of the rollout have alike: once for
    /// each bucket, as a unit gets the same again. Of length 0 if nothing was ever counted. The caller's.
    public long[] bins() {
        return bins.clone();
    }

    /// What callers said that answers were worth, which the arm gave since it has its present shares.
    public GroupSums rewards() {
        return told.rewards();
    }

    /// The same as [#rewards] as bandits take them: less than 0 counts as 0, and more than 1 as 1.
    public GroupSums earned() {
        return told.earned();
    }

    /// 1 for each label that is as was predicted, 0 for each other.
    public GroupSums right() {
        return told.right();
    }

    /// The same as [#rewards] of answers that it gave before, in the same rollout.
    public GroupSums lateRewards() {
        return told.lateRewards();
    }

    /// The same as [#earned] of answers that it gave before, in the same rollout.
    public GroupSums lateEarned() {
        return told.lateEarned();
    }

    /// The same as [#right] of answers that it gave before, in the same rollout.
    public GroupSums lateRight() {
        return told.lateRight();
    }

    /// Rewards that were beyond what they may count for, and were taken for the nearest that may be.
    public long clipped() {
        return told.clipped();
    }

    /// How often replicas stopped to give it requests by themselves, as too many failed one after another.
    public long trips() {
        return trips;
    }

    public ArmCounts plus(ArmCounts other) {
        return combined(other, 1);
    }

    /// What was counted since `earlier`, which is of the same replicas.
    public ArmCounts minus(ArmCounts earlier) {
        return combined(earlier, -1);
    }

    /// The same, of which nobody knows how many units it was.
    public ArmCounts withoutExposures() {
        return minus(new Builder().firstExposures(firstExposures).build());
    }

    private ArmCounts combined(ArmCounts other, int sign) {
        Builder both = new Builder();
        both.failures = sum(failures, other.failures, sign);
        both.latency = sign > 0 ? latency.plus(other.latency) : latency.minus(other.latency);
        both.latencyOnce = sign > 0 ? latencyOnce.plus(other.latencyOnce) : latencyOnce.minus(other.latencyOnce);
        both.otherLatency = sign > 0 ? otherLatency.plus(other.otherLatency) : otherLatency.minus(other.otherLatency);
        both.failed = failed + sign * other.failed;
        both.abandoned = abandoned + sign * other.abandoned;
        both.refused = refused + sign * other.refused;
        both.once = sign > 0 ? once.plus(other.once) : once.minus(other.once);
        both.firstExposures = firstExposures + sign * other.firstExposures;
        both.reasons = sum(reasons, other.reasons, sign);
        both.bins = Arrays.copyOf(bins, Math.max(bins.length, other.bins.length));
        for (int i = 0; i < other.bins.length; i++) {
            both.bins[i] += sign * other.bins[i];
        }
        both.told = sign > 0 ? told.plus(other.told) : told.minus(other.told);
        both.trips = trips + sign * other.trips;
        return both.build();
    }

    private static <K> Map<K, Long> sum(Map<K, Long> one, Map<K, Long> other, int sign) {
        Map<K, Long> both = new HashMap<>(one);
        other.forEach((key, count) -> both.merge(key, sign * count, Long::sum));
        return both;
    }

    @Override
    public String toString() {
        return "%d requests, %d failed, %d abandoned, %d refused, %d first exposures, %d trips"
                .formatted(requests(), failed, abandoned, refused, firstExposures, trips);
    }

    /// Counts to be. For one thread.
    public static final class Builder {
        private Map<ErrorCode, Long> failures = new EnumMap<>(ErrorCode.class);
        private LatencySnapshot latency = LatencySnapshot.EMPTY;
        private LatencySnapshot latencyOnce = LatencySnapshot.EMPTY;
        private LatencySnapshot otherLatency = LatencySnapshot.EMPTY;
        private long failed;
        private long abandoned;
        private long refused;
        private OnceCounts once = OnceCounts.NONE;
        private long firstExposures;
        private Map<AssignmentReason, Long> reasons = Map.of();
        private long[] bins = new long[0];
        private ToldSums told = ToldSums.NONE;
        private long trips;

        public Builder failures(ErrorCode code, long count) {
            failures.put(code, count);
            return this;
        }

        /// @param byChance of eligible requests that were answered, whose number it has
        /// @param others of other requests that were answered
        public Builder latency(LatencySnapshot byChance, LatencySnapshot others) {
            latency = byChance;
            otherLatency = others;
            return this;
        }

        /// @param first of those that came by chance, each bucket's once
        public Builder latencyOnce(LatencySnapshot first) {
            latencyOnce = first;
            return this;
        }

        /// @param count of eligible requests
        public Builder failed(long count) {
            failed = count;
            return this;
        }

        /// @param count of eligible requests
        public Builder abandoned(long count) {
            abandoned = count;
            return this;
        }

        /// @param count of eligible requests
        public Builder refused(long count) {
            refused = count;
            return this;
        }

        /// None of them abandoned or refused.
        public Builder once(long eligible, long failed) {
            return once(new OnceCounts(eligible, failed, 0, 0));
        }

        public Builder once(OnceCounts counts) {
            once = counts;
            return this;
        }

        public Builder firstExposures(long count) {
            firstExposures = count;
            return this;
        }

        public Builder reasons(Map<AssignmentReason, Long> counts) {
            reasons = counts;
            return this;
        }

        /// @param counts copied
        public Builder bins(long[] counts) {
            bins = counts.clone();
            return this;
        }

        /// All of them from 0 to 1.
        public Builder rewards(GroupSums sums) {
            return rewards(sums, sums);
        }

        public Builder rewards(GroupSums sums, GroupSums asEarned) {
            told = told.rewards(sums, asEarned);
            return this;
        }

        public Builder right(GroupSums sums) {
            told = told.right(sums);
            return this;
        }

        /// All rewards from 0 to 1.
        public Builder late(GroupSums ofRewards, GroupSums ofRight) {
            return late(ofRewards, ofRewards, ofRight);
        }

        public Builder late(GroupSums ofRewards, GroupSums ofEarned, GroupSums ofRight) {
            told = told.late(ofRewards, ofEarned, ofRight);
            return this;
        }

        /// @param rewards that were beyond what they may count for
        public Builder clipped(long rewards) {
            told = told.clipped(rewards);
            return this;
        }

        public Builder trips(long count) {
            trips = count;
            return this;
        }

        public ArmCounts build() {
            return new ArmCounts(this);
        }
    }
}
