package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.rollout.RolloutEvent.Kind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a rollout waits for, and what follows when its time is up.
final class RolloutTimeTest extends GivenJudgements {
    @Test
    void holdsWhileUnitsAreNotDealtAsTheyShould() {
        analyse();
        judgement = new Judgement(List.of(), List.of(), Judgement.MISMATCH, 0);
        tick(200);
        assertThat(state.phase()).isEqualTo(Phase.HOLD);
        assertThat(state.reason()).isEqualTo("sample-ratio");
        assertThat(state.step()).isZero();
        judgement = Judgement.NONE;
        tick(100);
        assertThat(state.phase())
                .as("evidence that falls again is no evidence of the contrary")
                .isEqualTo(Phase.HOLD);
        RolloutState held = state;
        act(Command.RESUME);
        assertThat(state.phase()).as("a person may have found the cause").isEqualTo(Phase.SETTLE);
        state = held;
        pass(Duration.ofHours(24));
        assertThat(state.phase()).as("nothing is proven against the candidate").isEqualTo(Phase.HOLD);
        assertThat(state.reason()).as("the cause stays").isEqualTo("sample-ratio");
        assertThat(events.getLast().reason()).as("what is told").isEqualTo("deadline");
        assertThat(count(Kind.HELD)).isEqualTo(2);
    }

    @Test
    void holdsWhileTheDefaultArmFailsToo() {
        analyse();
        judgement = new Judgement(List.of(), List.of(), 0, 0.2);
        tick(200);
        assertThat(state.phase()).isEqualTo(Phase.HOLD);
        assertThat(state.reason()).isEqualTo("external");
        says(Verdict.INSUFFICIENT, 0);
        tick(1);
        assertThat(state.phase()).isEqualTo(Phase.ANALYSE);
        tick(19);
        assertThat(state.step()).as("the time of the fault is not the step's").isZero();
        tick(10);
        assertThat(state.step()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"HOLD, HOLD", "ROLLBACK, ROLLED_BACK", "ADVANCE, HOLD"})
    void whatIsNotDecidedInTimeEndsAsTheRulesSay(Otherwise otherwise, Phase phase) {
        begin(Mode.ROLLBACK, otherwise);
        says(Verdict.INSUFFICIENT, 0);
        tick(70);
        assertThat(state.step()).isEqualTo(1);
        tick(5 * 60 + 2);
        assertThat(state.phase()).isEqualTo(phase);
        assertThat(state.latched()).isFalse();
        if (phase == Phase.HOLD) {
            act(Command.RESUME);
            tick(60);
            assertThat(state.phase()).as("a person gave it the same time again").isEqualTo(Phase.ANALYSE);
        }
    }

    @Test
    void theWholeRolloutHasATimeToo() {
        requests = 0;
        tick(100);
        pass(Duration.ofHours(24));
        assertThat(state.phase()).as("too little data is no verdict").isEqualTo(Phase.HOLD);
        assertThat(state.weights()).containsEntry(ARM, 1000);
        assertThat(state.reason()).isEqualTo("deadline");
        assertThat(state.detail()).contains("too few requests");
        assertThat(count(Kind.HELD)).isEqualTo(1);
    }

    private static Rules onDeadline(Otherwise then) {
        Rules usual = Rules.STANDARD;
        return new Rules(
                usual.alpha(),
                usual.mode(),
                usual.settle(),
                usual.minRequests(),
                usual.maxDuration(),
                Otherwise.HOLD,
                then,
                usual.objective(),
                Rules.STANDARD.inspectFor());
    }

    /// A step's time was up before, and nobody came.
    @ParameterizedTest
    @CsvSource({"HOLD, HOLD", "ROLLBACK, ROLLED_BACK"})
    void whatIsHeldForWantOfEvidenceHasNoMoreTimeThanTheRollout(Otherwise then, Phase phase) {
        spec = spec(onDeadline(then));
        says(Verdict.INSUFFICIENT, 0);
        tick(6 * 60 + 10);
        assertThat(state.phase()).isEqualTo(Phase.HOLD);
        assertThat(state.reason()).isEqualTo("inconclusive");
        assertThat(Waiting.of(spec, state))
                .endsWith(then == Otherwise.HOLD ? "abort it" : "; otherwise in 24 h: rollback");

        pass(Duration.ofHours(24));
        assertThat(state.phase()).isEqualTo(phase);
        assertThat(state.reason()).isEqualTo("deadline");
        assertThat(state.latched()).isFalse();
        assertThat(count(Kind.HELD)).as("told of each once").isEqualTo(phase == Phase.HOLD ? 2 : 1);
    }

    @Test
    void theTimeThatNobodyBroughtItOnIsNobodys() {
        says(Verdict.INSUFFICIENT, 0);
        tick(70);
        RolloutState before = state;
        nowMillis += Duration.ofDays(3).toMillis();
        tick(2);
        assertThat(state.phase()).isEqualTo(before.phase());
        assertThat(state.step()).isEqualTo(before.step());
        nowMillis -= Duration.ofDays(6).toMillis();
        tick(40);
        assertThat(state.phase()).as("a clock that was set back").isEqualTo(Phase.ANALYSE);
        tick(5 * 60);
        assertThat(state.reason()).as("its own time counts").isEqualTo("inconclusive");
    }
}
