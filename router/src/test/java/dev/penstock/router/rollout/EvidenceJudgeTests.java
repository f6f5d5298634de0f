package dev.penstock.router.rollout;

import dev.penstock.core.LatencyScale;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.GroupSums;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// What tests of the judge have in common: a rollout with two candidates, and what was counted of it.
abstract class EvidenceJudgeTests {
    static final MetricSpec.Feedback QUALITY = new MetricSpec.Feedback(true, 0.001, true);

    final RolloutSpec spec = new RolloutSpec(
            "digits",
            "stable",
            List.of(new Candidate("canary", "digits", 2), new Candidate("other", "digits", 3)),
            Strategy.EXPERIMENT,
            List.of(
                    StepSpec.share(1000, Duration.ofMinutes(5), Require.NOT_WORSE),
                    StepSpec.share(5000, Duration.ofMinutes(5), Require.PROVEN)),
            List.of(MetricSpec.Errors.STANDARD, QUALITY),
            Rules.STANDARD,
            BanditSpec.STANDARD);

    static ArmCounts.Builder counts(long eligible, long failed) {
        long[] buckets = new long[LatencyScale.BUCKETS];
        buckets[LatencyScale.BUCKETS / 2] = eligible - failed;
        return new ArmCounts.Builder()
                .latency(LatencySnapshot.of(buckets, 0), LatencySnapshot.EMPTY)
                .latencyOnce(LatencySnapshot.of(buckets, 0))
                .failed(failed)
                .once(eligible, failed);
    }

    static Epoch epoch(int step, int weight, ArmCounts.Builder canary, ArmCounts.Builder stable) {
        Map<String, Integer> weights = Map.of("canary", weight, "other", 0, "stable", 10_000 - weight);
        return new Epoch(step, weights, Map.of("canary", canary.build(), "stable", stable.build()), Map.of());
    }

    RolloutState state(Epoch... epochs) {
        RolloutState pending = RolloutState.pending(spec, 0);
        List<Epoch> all = List.of(epochs);
        return new RolloutState(
                Phase.ANALYSE,
                all.getLast().step(),
                0,
                0,
                0,
                0,
                pending.weights(),
                0,
                "",
                pending.dropped(),
                pending.refuted(),
                pending.told(),
                List.of(),
                Past.NONE,
                all,
                Map.of(),
                RecentFailures.NONE,
                Judgement.NONE,
                "",
                "",
                List.of(),
                0);
    }

    MetricReading reading(String metric, Epoch... epochs) {
        return judged(epochs).of("canary").stream()
                .filter(reading -> reading.metric().equals(metric))
                .findFirst()
                .orElseThrow();
    }

    Judgement judged(Epoch... epochs) {
        return new EvidenceJudge().judge(spec, state(epochs), List.of());
    }

    static GroupSums right(long each) {
        long[] counts = new long[GroupSums.GROUPS];
        Arrays.fill(counts, each);
        double[] sums = new double[GroupSums.GROUPS];
        Arrays.fill(sums, (double) each);
        return new GroupSums(counts, sums, sums);
    }

    /// In each group so many of so many are right, one more in some than in others.
    static GroupSums right(long each, long of) {
        long[] counts = new long[GroupSums.GROUPS];
        Arrays.fill(counts, of);
        double[] sums = new double[GroupSums.GROUPS];
        Arrays.setAll(sums, group -> (double) (each + group % 2));
        return new GroupSums(counts, sums, sums);
    }
}
