package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.LatencyHistogram;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.rollout.Observation.Readiness;
import dev.penstock.router.rollout.RolloutEvent.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A person lets go on what is held for a cause that counts will go on to tell of, judged as servers do.
final class LetGoOnTest {
    private static final String ARM = GivenJudgements.ARM;
    private static final int UNITS = 1_000;

    /// None of whose steps ends in the time that tests take.
    private final RolloutSpec spec = new RolloutSpec(
            "digits",
            "stable",
            List.of(new Candidate(ARM, "digits", 2)),
            Strategy.CANARY,
            List.of(
                    StepSpec.share(1000, Duration.ofHours(1), Require.NOT_WORSE),
                    StepSpec.share(5000, Duration.ofHours(1), Require.PROVEN)),
            List.of(MetricSpec.Errors.STANDARD),
            Rules.STANDARD,
            BanditSpec.STANDARD);
    private final RolloutMachine machine = new RolloutMachine(new EvidenceJudge());
    private final List<RolloutEvent> events = new ArrayList<>();
    private RolloutState state = RolloutState.pending(spec, 0);
    private long nowMillis;

    private static ArmCounts counts(int units, int failed) {
        LatencyHistogram latency = new LatencyHistogram();
        for (int i = failed; i < units; i++) {
            latency.record(1_000_000);
        }
        return new ArmCounts.Builder()
                .latency(latency.snapshot(), LatencySnapshot.EMPTY)
                .failed(failed)
                .once(units, failed)
                .firstExposures(units)
                .build();
    }

    /// @param lost units of the candidate's that never come
    /// @param failing of a hundred requests, of either arm
    private void tick(int seconds, boolean lost, int failing) {
        for (int i = 0; i < seconds; i++) {
            nowMillis += 1000;
            int units = UNITS * state.weights().getOrDefault(ARM, 0) / StepSpec.ALL;
            int mine = lost ? 0 : units;
            Map<String, ArmCounts> counts = Map.of(
                    ARM,
                    counts(mine, mine * failing / 100),
                    "stable",
                    counts(UNITS - units, (UNITS - units) * failing / 100));
            Observation seen =
                    new Observation(true, counts, Map.of(), Map.of(ARM, Readiness.READY), Map.of(), List.of());
            take(machine.tick(spec, state, seen, nowMillis));
        }
    }

    private void take(RolloutMachine.Tick tick) {
        state = tick.state();
        events.addAll(tick.events());
    }

    private void act(Command command) {
        take(machine.act(spec, state, new Wish(command, "ana", "the proxy kept them"), nowMillis));
    }

    private long held() {
        return events.stream().filter(event -> event.kind() == Kind.HELD).count();
    }

    @ParameterizedTest
    @EnumSource(names = {"RESUME", "SKIP"})
    void unitsThatWereLostBeforeAreNotHeldAgainstWhatComes(Command command) {
        tick(60, true, 0);
        assertThat(state.phase()).isEqualTo(Phase.HOLD);
        assertThat(state.reason()).isEqualTo("sample-ratio");

        act(command);
        tick(50, false, 0);
        assertThat(state.phase()).isEqualTo(Phase.ANALYSE);
        assertThat(held()).isEqualTo(1);

        tick(20, true, 0);
        assertThat(state.phase()).as("they are lost again").isEqualTo(Phase.HOLD);
        assertThat(state.reason()).isEqualTo("sample-ratio");
    }

    @Test
    void whoPausesWhatIsHeldAndRepairsTheCauseLetsItGoOnByOneResume() {
        tick(60, true, 0);
        assertThat(state.reason()).isEqualTo("sample-ratio");

        act(Command.PAUSE);
        tick(10, false, 0);
        act(Command.RESUME);
        tick(50, false, 0);

        assertThat(state.phase()).isEqualTo(Phase.ANALYSE);
        assertThat(held()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"RESUME", "SKIP"})
    void aFaultElsewhereThatAPersonKnowsOfDoesNotHoldAgainUntilItWasOver(Command command) {
        tick(60, false, 20);
        assertThat(state.phase()).isEqualTo(Phase.HOLD);
        assertThat(state.reason()).isEqualTo("external");

        act(command);
        tick(50, false, 20);
        assertThat(state.phase()).isEqualTo(Phase.ANALYSE);
        assertThat(held()).isEqualTo(1);

        tick(180, false, 0);
        tick(60, false, 20);
        assertThat(state.phase()).as("it is another one").isEqualTo(Phase.HOLD);
        assertThat(held()).isEqualTo(2);
    }
}
