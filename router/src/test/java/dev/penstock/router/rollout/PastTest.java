package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.core.LatencyScale;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.GroupSums;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// A bandit deals new shares again and again: what it is judged by is the same whether an epoch is kept or not.
final class PastTest {
    private static final int EPOCHS = Epochs.MOST + 60;

    private static final Set<String> OF_KEPT = Set.of("prediction-drift", "errors");

    private final RolloutSpec spec = new RolloutSpec(
            "digits",
            "stable",
            List.of(new Candidate("canary", "digits", 2), new Candidate("other", "digits", 3)),
            Strategy.BANDIT,
            List.of(
                    StepSpec.share(900, Duration.ofMinutes(5), Require.NONE),
                    StepSpec.share(1000, Duration.ofMinutes(5), Require.NONE)),
            List.of(
                    MetricSpec.Errors.STANDARD,
                    MetricSpec.Latency.P50,
                    MetricSpec.Latency.P99,
                    MetricSpec.PredictionDrift.STANDARD,
                    MetricSpec.Disagreement.STANDARD,
                    new MetricSpec.Feedback(false, 0.01, true)),
            Rules.STANDARD,
            BanditSpec.STANDARD);
    private final SplittableRandom random = new SplittableRandom(11);
    private final List<Epoch> all = new ArrayList<>();
    private RolloutState state = RolloutState.pending(spec, 0);

    /// Of a rollout that keeps all epochs: only its parts.
    private Past ofAll = Past.NONE;

    private ArmCounts counts(int requests, int slower) {
        long[] buckets = new long[LatencyScale.BUCKETS];
        long[] bins = new long[4];
        for (int i = 0; i < requests; i++) {
            buckets[100 + random.nextInt(8) + slower]++;
            bins[random.nextInt(4)]++;
        }
        int failed = random.nextInt(requests / 50 + 2);
        long[] told = new long[GroupSums.GROUPS];
        double[] sums = new double[GroupSums.GROUPS];
        for (int group = 0; group < GroupSums.GROUPS; group++) {
            told[group] = random.nextInt(3);
            sums[group] = (double) told[group] * random.nextDouble();
        }
        return new ArmCounts.Builder()
                .latency(LatencySnapshot.of(buckets, requests), LatencySnapshot.EMPTY)
                .latencyOnce(LatencySnapshot.of(buckets, requests))
                .failed(failed)
                .once(requests + failed, failed)
                .firstExposures(random.nextInt(3))
                .bins(bins)
                .rewards(new GroupSums(told, sums, sums))
                .build();
    }

    /// A new step after some of them; of both some are forgotten.
    private void count(int epoch) {
        int step = epoch < 30 ? 0 : 1;
        int canary = 1000 + epoch;
        Observation seen = new Observation(
                true,
                Map.of(
                        "canary", counts(canary / 40, 1),
                        "other", counts(50, 0),
                        "stable", counts((9500 - canary) / 40, 0)),
                Map.of("canary", new Compared(100, 1, 0, GroupSums.EMPTY, GroupSums.EMPTY)),
                Map.of(),
                Map.of(),
                List.of());
        ofAll = ofAll.at(spec, all, step, 0, Repeats.NONE);
        RolloutChange change = state.change();
        change.clocks().stepBegins(step, 0);
        change.deal(Map.of("canary", canary, "other", 500), 0);
        change = change.state().change();
        change.counted().add(spec, seen);
        state = change.state();
        all.add(state.epochs().getLast());
    }

    /// As if every epoch were kept.
    private RolloutState unforgetful() {
        return new RolloutState(
                state.phase(),
                state.step(),
                0,
                0,
                0,
                0,
                0,
                state.weights(),
                0,
                "",
                state.dropped(),
                state.refuted(),
                state.told(),
                List.of(),
                ofAll,
                all,
                Map.of(),
                RecentFailures.NONE,
                Judgement.NONE,
                "",
                "",
                List.of(),
                0);
    }

    @Test
    void evidenceIsTheSameWhetherAnEpochIsKeptOrNot() {
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            count(epoch);
        }
        assertThat(state.epochs()).hasSize(Epochs.MOST);
        assertThat(state.past().totals()).hasSize(2);
        Judgement kept = new EvidenceJudge().judge(spec, unforgetful(), List.of());
        Judgement forgot = new EvidenceJudge().judge(spec, state, List.of());
        assertThat(forgot.mismatchLogE()).isEqualTo(kept.mismatchLogE(), within(1e-6));
        assertThat(kept.readings()).hasSize(12);
        for (int i = 0; i < kept.readings().size(); i++) {
            MetricReading mine = forgot.readings().get(i);
            MetricReading theirs = kept.readings().get(i);
            assertThat(mine.metric()).isEqualTo(theirs.metric());
            assertClose(
                    mine.metric(), mine.evidence().rollback(), theirs.evidence().rollback());
            assertClose(
                    mine.metric(), mine.evidence().promote(), theirs.evidence().promote());
            assertThat(mine.observed()).as(mine.metric()).isEqualTo(theirs.observed());
            // The index of the shares that tell most and the likeliest ratio are of epochs that are kept.
            if (!OF_KEPT.contains(mine.metric())) {
                assertClose(
                        mine.metric(),
                        mine.estimate().value(),
                        theirs.estimate().value());
            }
            if (!mine.metric().equals("prediction-drift")) {
                assertThat(mine.verdict()).as(mine.metric()).isEqualTo(theirs.verdict());
            }
        }
        for (String name : List.of("reward-ips", "reward-snips", "errors-msprt")) {
            assertClose(name, report(forgot, name).value(), report(kept, name).value());
            assertClose(name, report(forgot, name).lower(), report(kept, name).lower());
        }
    }

    private static MetricReading.Estimate report(Judgement judged, String name) {
        return judged.reports().stream()
                .filter(report -> report.name().equals(name) && report.arm().equals("canary"))
                .findFirst()
                .orElseThrow()
                .estimate();
    }

    private static void assertClose(String name, double actual, double expected) {
        if (Double.isNaN(expected) || Double.isInfinite(expected)) {
            assertThat((Double) actual).as(name).isEqualTo((Double) expected);
        } else {
            assertThat(actual).as(name).isEqualTo(expected, within(1e-6 * Math.max(1, Math.abs(expected))));
        }
    }
}
