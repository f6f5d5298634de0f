package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.core.LatencyHistogram;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.GroupSums;
import dev.penstock.router.arms.OnceCounts;
import dev.penstock.router.arms.PredictionBins;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What counts that are easily misread say.
final class EvidenceJudgeTest extends EvidenceJudgeTests {
    /// Errors 4 and quality 2, for each of two candidates.
    @Test
    void theBudgetIsSharedByWhatIsWatchedAndByCandidates() {
        assertThat(EvidenceJudge.alpha(spec, MetricSpec.Errors.STANDARD)).isEqualTo(0.05 * 4 / 6 / 2, within(1e-12));
        assertThat(EvidenceJudge.alpha(spec, QUALITY)).isEqualTo(0.05 * 2 / 6 / 2, within(1e-12));
        Epoch epoch = epoch(1, 5000, counts(1_000, 0), counts(1_000, 0));
        assertThat(reading("errors", epoch).evidence().threshold())
                .isEqualTo(-Math.log(0.05 * 4 / 6 / 2), within(1e-12));
    }

    private static LatencySnapshot millis(long fast, long slow) {
        LatencyHistogram latency = new LatencyHistogram();
        for (long i = 0; i < fast; i++) {
            latency.record(8_000_000);
        }
        for (long i = 0; i < slow; i++) {
            latency.record(80_000_000);
        }
        return latency.snapshot();
    }

    private MetricReading p99(ArmCounts.Builder canary, ArmCounts.Builder stable) {
        RolloutSpec latency = new RolloutSpec(
                spec.route(),
                spec.control(),
                spec.candidates(),
                spec.strategy(),
                spec.steps(),
                List.of(MetricSpec.Latency.P99),
                spec.rules(),
                spec.bandit());
        return new EvidenceJudge()
                .judge(latency, state(epoch(1, 5000, canary, stable)), List.of())
                .of("canary")
                .getFirst();
    }

    /// One of the candidate's callers asks for what takes ten times as long, four times a second.
    @Test
    void aBusyUnitIsNotAsManySlowAnswersAsItAsksFor() {
        ArmCounts.Builder busy = new ArmCounts.Builder()
                .latency(millis(10_000, 1_200), LatencySnapshot.EMPTY)
                .latencyOnce(millis(4_000, 1));
        ArmCounts.Builder stable = new ArmCounts.Builder()
                .latency(millis(10_000, 10), LatencySnapshot.EMPTY)
                .latencyOnce(millis(4_000, 4));
        assertThat(p99(busy, stable).verdict()).as("nor does it prove anything").isEqualTo(Verdict.INSUFFICIENT);
        ArmCounts.Builder slow = new ArmCounts.Builder()
                .latency(millis(10_000, 1_200), LatencySnapshot.EMPTY)
                .latencyOnce(millis(3_600, 400));
        assertThat(p99(slow, stable).verdict()).isEqualTo(Verdict.FAIL);
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

    @Test
    void whatThrowsIsOneMetric() {
        RolloutSpec copies = new RolloutSpec(
                spec.route(),
                spec.control(),
                spec.candidates(),
                spec.strategy(),
                spec.steps(),
                List.of(MetricSpec.Errors.STANDARD, MetricSpec.Disagreement.STANDARD),
                spec.rules(),
                spec.bandit());
        Epoch counted = epoch(1, 5000, counts(9_000, 900), counts(9_000, 9));
        Epoch bad = new Epoch(
                1,
                counted.weights(),
                counted.counts(),
                Map.of("canary", new Compared(3, 7, 0, GroupSums.EMPTY, GroupSums.EMPTY)));

        List<MetricReading> readings =
                new EvidenceJudge().judge(copies, state(bad), List.of()).of("canary");

        assertThat(readings).extracting(MetricReading::verdict).containsExactly(Verdict.FAIL, Verdict.INSUFFICIENT);
        assertThat(readings.getLast().detail()).startsWith("what was counted cannot be judged: ");
    }

    private static GroupSums sums(long count, double sum) {
        long[] counts = new long[GroupSums.GROUPS];
        counts[0] = count;
        double[] sums = new double[GroupSums.GROUPS];
        sums[0] = sum;
        return new GroupSums(counts, sums, sums);
    }

    @Test
    void whatIsNotKnownIsSaidForWhatItIs() {
        Epoch rewarded =
                epoch(1, 5000, counts(900, 0).rewards(right(10)), counts(900, 0).rewards(right(10)));
        assertThat(reading("quality", rewarded).detail()).isEqualTo("there are no labels of both arms yet");
        assertThat(drift(epoch(1, 10_000, counts(900, 0), counts(0, 0))))
                .startsWith("it never had a share beside the default arm");
        assertThat(drift(epoch(1, 5000, counts(900, 0), counts(900, 0))))
                .startsWith("answers of this model are not counted");
    }

    /// Whatever a candidate answers, it is alike where all numbers are in a bin or two.
    @Test
    void numbersThatFewBinsTellApartAreNotProvenAlike() {
        assertThat(answered(31).verdict()).isEqualTo(Verdict.INSUFFICIENT);
        assertThat(answered(16, 31).verdict()).isEqualTo(Verdict.INSUFFICIENT);
        assertThat(answered(16, 31).detail()).contains("too few bins");
        assertThat(answered(16, 20, 31).verdict()).isEqualTo(Verdict.PASS);
        assertThat(answered(3).verdict()).isEqualTo(Verdict.PASS);
        assertThat(answered(3, 31).verdict()).isEqualTo(Verdict.PASS);
    }

    private MetricReading answered(int... used) {
        long[] bins = new long[PredictionBins.BINS];
        for (int bin : used) {
            bins[bin] = 3_000;
        }
        Epoch same =
                epoch(1, 5000, counts(9_000, 9).bins(bins), counts(9_000, 9).bins(bins));
        return driftReading(same);
    }

    private String drift(Epoch epoch) {
        return driftReading(epoch).detail();
    }

    private MetricReading driftReading(Epoch epoch) {
        RolloutSpec drifting = new RolloutSpec(
                spec.route(),
                spec.control(),
                spec.candidates(),
                spec.strategy(),
                spec.steps(),
                List.of(MetricSpec.PredictionDrift.STANDARD),
                spec.rules(),
                spec.bandit());
        return new EvidenceJudge()
                .judge(drifting, state(epoch), List.of())
                .of("canary")
                .getFirst();
    }

    /// One caller tells what has no sum, or another release what cannot be counted: errors are judged
    /// nevertheless.
    @Test
    void whatCannotBeJudgedKeepsNothingElseFromBeingJudged() {
        for (GroupSums told : List.of(sums(2, Double.POSITIVE_INFINITY), sums(2, Double.NaN), sums(-1, 1))) {
            Epoch bad = epoch(
                    1,
                    5000,
                    counts(9_000, 900).rewards(told).right(told),
                    counts(9_000, 9).right(right(10)));
            assertThat(reading("quality", bad).verdict()).isEqualTo(Verdict.INSUFFICIENT);
            assertThat(reading("errors", bad).verdict()).isEqualTo(Verdict.FAIL);
        }
    }

    /// A busy unit makes nearly all requests, and 14 of a thousand others are refused.
    @Test
    void whoRefusesFewRequestsOfManyUnitsIsNotProven() {
        ArmCounts.Builder stable = counts(1_000_000, 400).refused(8).once(new OnceCounts(1_000, 200, 0, 8));
        Epoch few = epoch(1, 5000, counts(1_000_000, 400).refused(14).once(new OnceCounts(1_000, 200, 0, 14)), stable);
        assertThat(reading("errors", few).verdict()).isEqualTo(Verdict.INSUFFICIENT);
        Epoch none = epoch(1, 5000, counts(1_000_000, 400).once(1_000, 200), stable);
        assertThat(reading("errors", none).verdict()).isEqualTo(Verdict.PASS);
    }

    /// As it was recorded before there was an upper end.
    @Test
    void aMarginBeyondAllKeepsNothingFromBeingJudged() {
        double beyond = Double.POSITIVE_INFINITY;
        RolloutSpec odd = new RolloutSpec(
                "digits",
                "stable",
                List.of(new Candidate("canary", "digits", 2)),
                Strategy.EXPERIMENT,
                spec.steps(),
                List.of(
                        new MetricSpec.Errors(beyond, beyond, 0.001, true),
                        new MetricSpec.Latency(0.5, 1e6, beyond, true),
                        MetricSpec.Latency.P99),
                Rules.STANDARD,
                BanditSpec.STANDARD);
        Epoch slower = epoch(0, 1000, counts(10_000, 100), counts(90_000, 900));

        Judgement judged = new EvidenceJudge().judge(odd, state(slower), List.of());

        assertThat(judged.of("canary")).hasSize(3).allSatisfy(reading -> {
            assertThat(reading.verdict()).isEqualTo(Verdict.PASS);
            assertThat(reading.evidence().rollback()).isNotNaN();
        });
    }
}
