package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.penstock.core.LatencyScale;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.GroupSums;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What was counted and cannot be: one rule cannot be judged, and all others are.
final class FaultsTest extends GivenJudgements {
    private static final MetricSpec.Latency P99 = MetricSpec.Latency.P99;

    private final RolloutSpec watched = new RolloutSpec(
            "digits",
            "stable",
            List.of(new Candidate(ARM, "digits", 2)),
            Strategy.CANARY,
            List.of(StepSpec.share(5000, Duration.ofMinutes(5), Require.PROVEN)),
            List.of(MetricSpec.Errors.STANDARD, P99, MetricSpec.PredictionDrift.STANDARD),
            Rules.STANDARD,
            BanditSpec.STANDARD);

    private static LatencySnapshot latency(long answered) {
        long[] buckets = new long[LatencyScale.BUCKETS];
        buckets[LatencyScale.BUCKETS / 2] = answered;
        return LatencySnapshot.of(buckets, 0);
    }

    private static ArmCounts.Builder counts(long requests, long failed) {
        return new ArmCounts.Builder()
                .latency(latency(requests - failed), LatencySnapshot.EMPTY)
                .latencyOnce(latency(requests - failed))
                .failed(failed)
                .once(requests, failed);
    }

    private static Epoch epoch(int share, ArmCounts.Builder canary) {
        return new Epoch(
                0,
                Map.of(ARM, share, "stable", StepSpec.ALL - share),
                Map.of(ARM, canary.build(), "stable", counts(9_000, 9).build()),
                Map.of());
    }

    private Judgement judged(RecentFailures recent, Epoch... epochs) {
        RolloutState before = RolloutState.pending(watched, 0);
        RolloutState counted = new RolloutState(
                Phase.ANALYSE,
                0,
                0,
                0,
                0,
                0,
                0,
                before.weights(),
                0,
                "",
                Map.of(),
                before.refuted(),
                before.told(),
                List.of(),
                Past.NONE,
                List.of(epochs),
                Map.of(),
                recent,
                Judgement.NONE,
                "",
                "",
                List.of(),
                0);
        return new EvidenceJudge().judge(watched, counted, List.of());
    }

    private static Verdict verdict(Judgement judged, String metric) {
        return judged.of(ARM).stream()
                .filter(reading -> reading.metric().equals(metric))
                .findFirst()
                .orElseThrow()
                .verdict();
    }

    @Test
    void latenciesThatCannotBeKeepNoErrorFromBeingSeen() {
        Judgement judged =
                judged(RecentFailures.NONE, epoch(5000, counts(9_000, 900).latencyOnce(latency(-3))));

        assertThat(verdict(judged, "errors")).isEqualTo(Verdict.FAIL);
        assertThat(verdict(judged, P99.name())).isEqualTo(Verdict.INSUFFICIENT);
        assertThat(judged.readings())
                .filteredOn(reading -> reading.metric().equals(P99.name()))
                .singleElement()
                .satisfies(reading -> assertThat(reading.detail())
                        .startsWith("what was counted cannot be judged: canary: -3 in slot ")
                        .endsWith("(expected: >= 0)"));
        assertThat(judged.faults()).extracting(Fault::what).contains(P99.name());
    }

    @Test
    void failuresThatCannotBeKeepNoLatencyFromBeingSeen() {
        ArmCounts.Builder slow = counts(9_000, 0)
                .latencyOnce(LatencySnapshot.of(slowest(9_000), 0))
                .once(9_000, -5);
        Judgement judged = judged(RecentFailures.NONE, epoch(5000, slow));

        assertThat(verdict(judged, "errors")).isEqualTo(Verdict.INSUFFICIENT);
        assertThat(verdict(judged, P99.name())).isEqualTo(Verdict.FAIL);
    }

    private static long[] slowest(long answered) {
        long[] buckets = new long[LatencyScale.BUCKETS];
        buckets[LatencyScale.BUCKETS - 20] = answered;
        return buckets;
    }

    @Test
    void unitsThatCannotBeDealtAndFailuresThatCannotBeAreSaidToBeUnknown() {
        Epoch bad = new Epoch(0, Map.of(), Map.of(ARM, counts(10, 0).build()), Map.of());
        RecentFailures recent = new RecentFailures(List.of(new RecentFailures.Slot(1, 5, 9)));
        Judgement judged = judged(recent, epoch(5000, counts(9_000, 900)), bad);

        assertThat(verdict(judged, "errors")).isEqualTo(Verdict.FAIL);
        assertThat(judged.seesMismatch()).isFalse();
        assertThat(judged.seesExternal()).isFalse();
        assertThat(judged.mismatch() || judged.isExternal()).isFalse();
        assertThat(judged.readings())
                .filteredOn(reading -> reading.arm().equals("stable"))
                .extracting(MetricReading::metric, MetricReading::verdict)
                .containsExactly(tuple("sample-ratio", Verdict.INSUFFICIENT), tuple("external", Verdict.INSUFFICIENT));
    }

    /// What is forgotten is added up for good.
    @Test
    void anEpochThatCannotBeJudgedIsForgottenLikeAnyOther() {
        RolloutState all = RolloutState.pending(watched, 0);
        for (int i = 0; i <= Epochs.MOST; i++) {
            RolloutChange change = all.change();
            change.deal(Map.of(ARM, 1 + i), 0);
            change = change.state().change();
            ArmCounts.Builder canary = i == 0 ? counts(100, 1).latencyOnce(latency(-3)) : counts(100, 1);
            change.counted()
                    .add(
                            watched,
                            new Observation(
                                    true,
                                    Map.of(
                                            ARM,
                                            canary.build(),
                                            "stable",
                                            counts(900, 9).build()),
                                    Map.of(),
                                    Map.of(),
                                    Map.of(),
                                    List.of()));
            all = change.state();
        }

        assertThat(all.past().totals()).hasSize(1);
        assertThat(all.past().evidence(ARM).failures()).as("errors were judged").isNotEmpty();
        assertThat(new EvidenceJudge().judge(watched, all, List.of()).faults()).isEmpty();
    }

    @Test
    void whatIsHeldIsNotLetGoOnBecauseNobodyCanSeeTheCause() {
        says(Verdict.INSUFFICIENT, 0);
        analyse();
        judgement = new Judgement(List.of(), List.of(), 0, 0.2);
        tick(1);
        assertThat(state.phase()).isEqualTo(Phase.HOLD);

        judgement = new Judgement(List.of(), List.of(), 0, 0, List.of(new Fault("external", "stable", "9 of 5")));
        tick(5);
        assertThat(state.phase()).isEqualTo(Phase.HOLD);
        judgement = Judgement.NONE;
        tick(1);
        assertThat(state.phase()).isNotEqualTo(Phase.HOLD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"failed", "latency", "bins", "labels", "copies"})
    void whatCannotBeIsNamedWhereItIsRead(String what) {
        long[] minus = new long[GroupSums.GROUPS];
        minus[3] = -7;
        GroupSums labels = new GroupSums(minus, new double[GroupSums.GROUPS], new double[GroupSums.GROUPS]);
        ArmCounts.Builder counts = switch (what) {
            case "failed" -> counts(100, 1).failed(-7);
            case "latency" -> counts(100, 1).latencyOnce(latency(-7));
            case "bins" -> counts(100, 1).bins(new long[] {3, -7});
            case "labels" -> counts(100, 1).right(labels);
            default -> counts(100, 1);
        };
        Compared copies = new Compared(10, 1, what.equals("copies") ? -7 : 0, GroupSums.EMPTY, GroupSums.EMPTY);
        Epoch epoch = epoch(5000, counts);
        Epoch counted = new Epoch(0, epoch.weights(), epoch.counts(), Map.of(ARM, copies));

        assertThatThrownBy(() -> PossibleCounts.check(counted))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("%s of canary: -7 (expected: >= 0)", what);
        assertThatCode(() -> PossibleCounts.check(epoch(5000, counts(100, 1)))).doesNotThrowAnyException();
    }

    /// It could not be brought for ten minutes, and failed before these.
    @Test
    void whatAnotherServerCountedLongAgoIsNotLately() {
        long nowMillis = 3_600_000;
        Epoch seen = epoch(5000, counts(9_000, 9));
        RolloutState state = RolloutState.pending(watched, 0);

        RolloutState late = state.plus(watched, List.of(new Tally("there/1", 1, List.of(seen), 3_000_000)), nowMillis);
        RolloutState lately = late.plus(watched, List.of(new Tally("there/1", 2, List.of(seen), 3_590_000)), nowMillis);
        RolloutState unknown = lately.plus(watched, List.of(new Tally("there/1", 3, List.of(seen), 0)), nowMillis);

        assertThat(late.recent().requests()).isZero();
        assertThat(late.epochs().getFirst().counts(ARM).eligible())
                .as("evidence")
                .isEqualTo(9_000);
        assertThat(lately.recent().requests()).isEqualTo(9_000);
        assertThat(unknown.recent().requests()).isEqualTo(18_000);
    }
}
