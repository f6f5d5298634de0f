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

/// What copies said, and what callers get later: two matters.
final class CopiesAndCallersTest {
    private static final String ARM = "canary";
    private static final int TICKS_OF_MINUTE = 6;
    private static final long TICK_MILLIS = Duration.ofMinutes(1).toMillis() / TICKS_OF_MINUTE;

    private final RolloutMachine machine = new RolloutMachine(new EvidenceJudge());
    private final RolloutSpec spec = spec(
            Mode.PAUSE,
            StepSpec.shadow(StepSpec.ALL, Duration.ofMinutes(3)),
            StepSpec.share(1_000, Duration.ofMinutes(3), Require.NOT_WORSE),
            StepSpec.share(5_000, Duration.ofHours(3), Require.NOT_WORSE));
    private RolloutState state = RolloutState.pending(spec, 0);

    private static RolloutSpec spec(Mode mode, StepSpec... steps) {
        Rules usual = Rules.STANDARD;
        return new RolloutSpec(
                "digits",
                "stable",
                List.of(new Candidate(ARM, "digits", 2)),
                Strategy.CANARY,
                List.of(steps),
                List.of(MetricSpec.Errors.STANDARD),
                new Rules(
                        usual.alpha(),
                        mode,
                        usual.settle(),
                        usual.minRequests(),
                        usual.maxDuration(),
                        usual.onInconclusive(),
                        usual.onDeadline(),
                        usual.objective(),
                        usual.inspectFor()),
                BanditSpec.STANDARD);
    }

    private static Compared copies(int ofEachGroup, int failed) {
        long[] ran = new long[GroupSums.GROUPS];
        double[] fails = new double[GroupSums.GROUPS];
        Arrays.fill(ran, ofEachGroup);
        Arrays.fill(fails, failed);
        long all = (long) GroupSums.GROUPS * ofEachGroup;
        long bad = (long) GroupSums.GROUPS * failed;
        return new Compared(all - bad, 0, bad, GroupSums.EMPTY, new GroupSums(ran, fails, fails));
    }

    private static ArmCounts counts(int requests, int failed) {
        long[] latencies = new long[LatencyScale.BUCKETS];
        latencies[LatencyScale.BUCKETS / 2] = (long) requests - failed;
        return new ArmCounts.Builder()
                .latency(LatencySnapshot.of(latencies, 0), LatencySnapshot.EMPTY)
                .failed(failed)
                .once(requests, failed)
                .build();
    }

    private void minutes(int minutes, ArmCounts candidate, Compared copies) {
        for (int i = 0; i < minutes * TICKS_OF_MINUTE; i++) {
            Map<String, ArmCounts> counts = state.weights().getOrDefault(ARM, 0) == 0
                    ? Map.of("stable", counts(9_000, 90))
                    : Map.of("stable", counts(9_000, 90), ARM, candidate);
            Observation seen = new Observation(
                    true, counts, Map.of(ARM, copies), Map.of(ARM, Observation.Readiness.READY), Map.of(), List.of());
            state = machine.tick(spec, state, seen, state.tickMillis() + TICK_MILLIS)
                    .state();
        }
    }

    private void act(Command command) {
        state = machine.act(spec, state, new Wish(command, "ada", ""), state.tickMillis())
                .state();
    }

    @Test
    void whoLetsFailedCopiesGoOnIsStillToldOfCallersWhoFail() {
        minutes(3, ArmCounts.EMPTY, copies(20, 20));
        assertThat(state.phase()).isEqualTo(Phase.PAUSED);
        assertThat(state.reason()).isEqualTo("copies");

        act(Command.SKIP);
        minutes(2, counts(1_000, 10), Compared.NONE);
        assertThat(state.phase()).isIn(Phase.SETTLE, Phase.ANALYSE);
        minutes(20, counts(1_000, 60), Compared.NONE);

        assertThat(state.phase()).isEqualTo(Phase.PAUSED);
        assertThat(state.reason()).isEqualTo("errors");
        assertThat(state.detail()).contains("requests failed").doesNotContain("copies");
    }

    @Test
    void copiesThatFailedAreNotInTheWayOfStepsWithoutCopies() {
        minutes(3, ArmCounts.EMPTY, copies(20, 20));
        StepNeeds needs = StepNeeds.of(spec, state, state.tickMillis());
        assertThat(needs.undecided()).singleElement().asString().startsWith("copies of canary: ");

        act(Command.SKIP);
        minutes(6, counts(1_000, 10), Compared.NONE);
        assertThat(state.step()).isEqualTo(2);
    }

    private MetricReading reading(String metric, List<Epoch> epochs) {
        return new EvidenceJudge()
                .judge(spec, with(epochs), List.of()).of(ARM).stream()
                        .filter(one -> one.metric().equals(metric))
                        .findFirst()
                        .orElseThrow();
    }

    private RolloutState with(List<Epoch> epochs) {
        RolloutChange change = RolloutState.pending(spec, 0).change();
        change.counted().replace(epochs);
        return change.state();
    }

    /// Once a candidate has been alone, its errors are told of another time.
    @Test
    void copiesAreToldWithTheirNumbersWhateverElseThereWas() {
        Epoch copied = new Epoch(0, Map.of("stable", 10_000, ARM, 0), Map.of(), Map.of(ARM, copies(20, 10)));
        Epoch alone = new Epoch(1, Map.of("stable", 0, ARM, 10_000), Map.of(ARM, counts(9_000, 0)), Map.of());
        for (List<Epoch> epochs : List.of(List.of(copied), List.of(copied, alone))) {
            MetricReading copies = reading("copies", epochs);
            assertThat(copies.verdict()).isEqualTo(Verdict.FAIL);
            assertThat(copies.detail()).startsWith("640 of 1280 copies failed (50.00%");
            assertThat(copies.estimate().value()).isEqualTo(0.5);
            assertThat(copies.estimate().lower()).isBetween(0.05, 0.5);
            assertThat(copies.observed().candidate()).isEqualTo(1_280);
            assertThat(reading("errors", epochs).verdict()).isNotEqualTo(Verdict.FAIL);
        }
    }
}
