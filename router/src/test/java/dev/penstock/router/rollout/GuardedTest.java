package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.rollout.RolloutEvent.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a server may do with a rollout that another one drives.
final class GuardedTest extends GivenJudgements {
    private void guarded() {
        nowMillis += 9000;
        Observation seen = new Observation(false, Map.of(), Map.of(), Map.of(ARM, readiness), trips, List.of());
        take(machine.guarded(spec, state, seen, nowMillis));
    }

    /// The time of its step is up, and who drives it has not looked since.
    private void isDue(Mode mode) {
        begin(mode, Otherwise.ADVANCE);
        analyse();
        for (int i = 0; i < 7; i++) {
            guarded();
        }
        assertThat(state.step()).isZero();
    }

    @Test
    void whoOnlyObservesTellsOfItsGuardAndTakesNoStep() {
        isDue(Mode.OBSERVE);
        trips = Map.of(ARM, "20 failures one after another");
        guarded();
        guarded();

        assertThat(state.phase()).isEqualTo(Phase.ANALYSE);
        assertThat(state.step()).isZero();
        assertThat(count(Kind.WOULD_ROLL_BACK)).isEqualTo(1);
        assertThat(count(Kind.STEP)).as("the first one").isEqualTo(1);
        tick(1);
        assertThat(state.step()).as("who drives it takes it").isEqualTo(1);
    }

    @Test
    void aGuardRollsBackWithTheEvidenceOfThatTime() {
        isDue(Mode.ROLLBACK);
        says(Verdict.FAIL, 9);
        guarded();
        assertThat(state.phase()).as("evidence is for who drives it").isEqualTo(Phase.ANALYSE);
        trips = Map.of(ARM, "20 failures one after another");
        guarded();

        assertThat(state.phase()).isEqualTo(Phase.ROLLING_BACK);
        assertThat(state.reason()).isEqualTo("guard");
        assertThat(events.getLast().judged()).isEqualTo(judgement);
    }

    @ParameterizedTest
    @EnumSource(names = {"ABORT", "PROMOTE"})
    void whoseEndIsDecidedIsLetBe(Command command) {
        analyse();
        act(command);
        RolloutState before = state;
        trips = Map.of(ARM, "20 failures one after another");
        guarded();

        assertThat(state).isEqualTo(before);
    }
}
