package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.core.LatencyScale;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.router.arms.ArmCounts;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Who was as good for long is not for that reason when that is over: a thousand requests a minute, of which
/// one in a hundred fails.
final class PartTest {
    private static final long TICK_MILLIS = 10_000;
    private static final int TICKS_OF_MINUTE = 6;

    private final RolloutSpec spec = new RolloutSpec(
            "digits",
            "stable",
            List.of(new Candidate("canary", "digits", 2)),
            Strategy.CANARY,
            List.of(
                    StepSpec.share(1000, Duration.ofMinutes(5), Require.NOT_WORSE),
                    StepSpec.share(5000, Duration.ofMinutes(5), Require.PROVEN)),
            List.of(MetricSpec.Errors.STANDARD),
            Rules.STANDARD,
            BanditSpec.STANDARD);
    private RolloutState state = RolloutState.pending(spec, 0);
    private long nowMillis;

    private void begin(int step) {
        RolloutChange change = state.change();
        change.clocks().stepBegins(step, nowMillis);
        change.deal(Map.of("canary", spec.steps().get(step).weight()), 0);
        state = change.state();
    }

    /// Counts of each minute.
    private void minutes(int minutes, double errors) {
        for (int i = 0; i < minutes; i++) {
            RolloutChange change = state.change();
            for (int tick = 0; tick < TICKS_OF_MINUTE; tick++) {
                nowMillis += TICK_MILLIS;
                change.clocks().tick(nowMillis);
            }
            int canary = spec.steps().get(state.step()).weight();
            change.counted().add(spec, seen(counts(canary / 10, errors), counts((StepSpec.ALL - canary) / 10, 1)));
            state = change.state();
        }
    }

    private static Observation seen(ArmCounts canary, ArmCounts stable) {
        return new Observation(
                true, Map.of("canary", canary, "stable", stable), Map.of(), Map.of(), Map.of(), List.of());
    }

    private static ArmCounts counts(int requests, double errors) {
        long failed = Math.round(requests * errors / 100);
        long[] buckets = new long[LatencyScale.BUCKETS];
        buckets[LatencyScale.BUCKETS / 2] = requests - failed;
        return new ArmCounts.Builder()
                .latency(LatencySnapshot.of(buckets, 0), LatencySnapshot.EMPTY)
                .latencyOnce(LatencySnapshot.of(buckets, 0))
                .failed(failed)
                .once(requests, failed)
                .build();
    }

    private MetricReading errors() {
        return new EvidenceJudge().judge(spec, state, List.of()).of("canary").getFirst();
    }

    private int minutesToFail(int most, double errors) {
        for (int minute = 1; minute <= most; minute++) {
            minutes(1, errors);
            if (errors().verdict() == Verdict.FAIL) {
                return minute;
            }
        }
        return Integer.MAX_VALUE;
    }

    @Test
    void whoBecomesWorseAfterHoursIsFoundWithinMinutes() {
        begin(0);
        minutes(8 * 60, 1);
        assertThat(errors().verdict()).isEqualTo(Verdict.PASS);

        assertThat(minutesToFail(60, 3)).isLessThanOrEqualTo(35);
    }

    @Test
    void whoBecomesWorseWithALaterStepIsFoundAboutAsSoonAsByThatStepAlone() {
        begin(0);
        minutes(2 * 60, 1);
        begin(1);

        assertThat(minutesToFail(60, 3)).isLessThanOrEqualTo(12);
    }

    @Test
    void whatWasProvenBeforeIsNoProofForWhoSeemsWorseNow() {
        begin(0);
        minutes(2 * 60, 1);
        begin(1);
        minutes(60, 1);
        assertThat(errors().verdict()).isEqualTo(Verdict.PASS);

        minutes(6, 3);

        MetricReading seen = errors();
        assertThat(seen.evidence().promote()).isGreaterThan(seen.evidence().promoteThreshold());
        assertThat(seen.verdict()).isEqualTo(Verdict.INSUFFICIENT);
        assertThat(seen.isNotWorse()).isFalse();
        assertThat(seen.detail()).contains("of this step alone");
    }

    @Test
    void whoIsTheSameCostsNoMoreThanTheStakes() {
        begin(0);
        int parts = 24 * 60 / PartLength.MINUTES;
        minutes(parts * PartLength.MINUTES, 1);

        PairEvidence evidence = state.past().evidence(spec, state.epochs(), "canary", Repeats.NONE);
        assertThat(evidence.logE(PairEvidence.Bet.WORSE)).isBetween(-Math.log(parts + 2), 0.0);
    }

    /// Of epochs that are kept, and of one that is not.
    @Test
    void whatAnEarlierReleaseCountedIsBetOnAsOnePart() {
        begin(0);
        minutes(10, 3);
        List<Epoch> kept = state.epochs();
        Epoch gone = new Epoch(
                0, Map.of("canary", 500, "stable", 9500), kept.getFirst().counts(), Map.of());
        Past before = Past.NONE.with(spec, gone, Repeats.NONE);
        double evidence = before.evidence(spec, kept, "canary", Repeats.NONE).logE(PairEvidence.Bet.WORSE);
        assertThat(before.evidence("canary").failures()).containsKey(PairEvidence.Bet.WORSE);

        Past after = before.at(spec, kept, 0, 3, Repeats.NONE);

        PairEvidence now = after.evidence(spec, kept, "canary", Repeats.NONE);
        assertThat(now.logE(PairEvidence.Bet.WORSE))
                .isEqualTo(evidence, within(1e-9))
                .isGreaterThan(0);
        assertThat(now.logEOfStep(PairEvidence.Bet.WORSE)).isZero();
        assertThat(after.evidence("canary").failures()).doesNotContainKey(PairEvidence.Bet.WORSE);
    }
}
