package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.LatencyScale;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.GroupSums;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What counts that are easily misread say.
final class EvidenceJudgeTest {
    private static final MetricSpec.Feedback QUALITY = new MetricSpec.Feedback(true, 0.001, true);

    private final RolloutSpec spec = new RolloutSpec(
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

    private static ArmCounts.Builder counts(long eligible, long failed) {
        long[] buckets = new long[LatencyScale.BUCKETS];
        buckets[LatencyScale.BUCKETS / 2] = eligible - failed;
        return new ArmCounts.Builder()
                .latency(LatencySnapshot.of(buckets, 0), LatencySnapshot.EMPTY)
                .failed(failed)
                .once(eligible, failed);
    }

    private static Epoch epoch(int step, int weight, ArmCounts.Builder canary, ArmCounts.Builder stable) {
        Map<String, Integer> weights = Map.of("canary", weight, "other", 0, "stable", 10_000 - weight);
        return new Epoch(step, weights, Map.of("canary", canary.build(), "stable", stable.build()), Map.of());
    }

    private RolloutState state(Epoch... epochs) {
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
                all,
                Map.of(),
                RecentFailures.NONE,
                Judgement.NONE,
                "",
                "",
                0);
    }

    private MetricReading reading(String metric, Epoch... epochs) {
        return judged(epochs).of("canary").stream()
                .filter(reading -> reading.metric().equals(metric))
                .findFirst()
                .orElseThrow();
    }

    private Judgement judged(Epoch... epochs) {
        return new EvidenceJudge().judge(spec, state(epochs), List.of());
    }

    /// 50 callers, each of which fails in every sub-window with both arms, if with one of them 50 times as
    /// often.
    @Test
    void whoFailsWithEachUnitIsNotProvenByCountingUnits() {
        Epoch busy = epoch(
                1,
                1000,
                counts(72_000, 3_600).once(5 * 200, 5 * 200),
                counts(648_000, 648).once(45 * 200, 45 * 200));
        assertThat(reading("errors", busy).verdict()).isNotEqualTo(Verdict.PASS);
        Epoch same = epoch(
                1,
                1000,
                counts(72_000, 72).once(5 * 200, 72),
                counts(648_000, 648).once(45 * 200, 648));
        assertThat(reading("errors", same).verdict()).isEqualTo(Verdict.PASS);
    }

    /// At night, when the default arm has nearly all, one in twenty fails; by day only the canary's do.
    @Test
    void ratesOfDifferentHoursAreNotComparedByTheirDifference() {
        Epoch night = epoch(0, 1000, counts(1_000, 50), counts(9_000, 450));
        Epoch day = epoch(1, 5000, counts(10_000, 30), counts(10_000, 0));
        assertThat(reading("errors", night, day).verdict()).isNotEqualTo(Verdict.PASS);
        Epoch good = epoch(1, 5000, counts(100_000, 0), counts(100_000, 0));
        assertThat(reading("errors", night, good).verdict()).isEqualTo(Verdict.PASS);
    }

    private static GroupSums right(long each) {
        long[] counts = new long[GroupSums.GROUPS];
        Arrays.fill(counts, each);
        double[] sums = new double[GroupSums.GROUPS];
        Arrays.fill(sums, (double) each);
        return new GroupSums(counts, sums, sums);
    }

    @Test
    void fewAnswersThatWereAllRightProveNothing() {
        Epoch few =
                epoch(1, 5000, counts(500, 0).right(right(5)), counts(500, 0).right(right(5)));
        assertThat(reading(QUALITY.name(), few).verdict()).isEqualTo(Verdict.INSUFFICIENT);
        Epoch many = epoch(
                1, 5000, counts(500, 0).right(right(1_000)), counts(500, 0).right(right(1_000)));
        assertThat(reading(QUALITY.name(), many).verdict()).isEqualTo(Verdict.PASS);
    }

    @Test
    void whatAnArmEndsThatHasNoShareAnyMoreIsNoMismatch() {
        Map<String, Integer> weights = Map.of("canary", 2000, "other", 0, "stable", 8000);
        Epoch epoch = new Epoch(
                0,
                weights,
                Map.of(
                        "canary", counts(200, 0).firstExposures(200).build(),
                        "other", counts(1, 0).firstExposures(1).build(),
                        "stable", counts(800, 0).firstExposures(800).build()),
                Map.of());
        assertThat(judged(epoch).mismatch()).isFalse();
    }

    /// A bucket was answered before the step was judged, and fails now.
    @Test
    void moreFailuresThanRequestsOfASubWindowAreJudged() {
        Epoch before = epoch(0, 1000, counts(1_000, 0), counts(9_000, 0));
        Epoch alone = epoch(1, 10_000, counts(140, 100).once(40, 100), counts(0, 0));
        assertThat(reading("errors", before, alone).verdict()).isEqualTo(Verdict.FAIL);
        Epoch beside = epoch(1, 5000, counts(140, 100).once(40, 100), counts(140, 0));
        assertThat(reading("errors", before, beside).verdict()).isNotEqualTo(Verdict.PASS);
    }
}
