package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.router.rollout.RolloutEvent.Kind;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A step that asks for approval ends by a person's word, and by the evidence.
final class ApprovalTest extends GivenJudgements {
    @BeforeEach
    void askForApproval() {
        begin(Mode.ROLLBACK, Otherwise.HOLD);
        approveEach();
        says(Verdict.PASS, 0);
    }

    private void approveEach() {
        spec = new RolloutSpec(
                spec.route(),
                spec.control(),
                spec.candidates(),
                spec.strategy(),
                spec.steps().stream().map(StepSpec::approved).toList(),
                spec.metrics(),
                spec.rules(),
                spec.bandit());
        state = RolloutState.pending(spec, 0);
    }

    private void asked() {
        tick(90);
        assertThat(Approval.isAwaited(spec, state)).as(state.toString()).isTrue();
    }

    private void approve(long seen) {
        take(machine.act(spec, state, new Wish(Command.APPROVE, "", "ana", "because", seen), nowMillis));
    }

    @Test
    void itWaitsWithItsSharesUntilAPersonApproves() {
        asked();
        assertThat(state.phase()).isEqualTo(Phase.PAUSED);
        assertThat(state.reason()).isEqualTo("approval");
        assertThat(state.detail()).isEqualTo("step 1 of 2 has what it needs");
        assertThat(state.weights()).containsEntry(ARM, 1000);
        assertThat(Waiting.of(spec, state))
                .isEqualTo("approval of step 1 of 2 by a person, who may approve, skip, promote or abort it");
        long told = state.events();
        pass(spec.rules().maxDuration());
        assertThat(state.events()).as("it is asked once, and time stands still").isEqualTo(told);

        act(Command.APPROVE);
        assertThat(state.step()).isZero();
        tick(1);

        assertThat(state.step()).isEqualTo(1);
        assertThat(state.weights()).containsEntry(ARM, 5000);
        RolloutEvent approved = events.stream()
                .filter(event -> event.kind() == Kind.APPROVED)
                .findFirst()
                .orElseThrow();
        assertThat(approved.actor()).isEqualTo("ana");
        assertThat(approved.detail()).isEqualTo("because");
    }

    @Test
    void eachStepIsApprovedOfForItselfAndTheLastOnePromotes() {
        asked();
        act(Command.APPROVE);
        tick(1);
        asked();
        assertThat(state.step()).isEqualTo(1);

        act(Command.APPROVE);
        tick(1);

        assertThat(state.phase()).isEqualTo(Phase.PROMOTING);
    }

    @Test
    void whatSpeaksAgainstTheCandidateMeanwhileRollsItBack() {
        asked();

        says(Verdict.FAIL, 9);
        tick(1);

        assertThat(state.phase()).isEqualTo(Phase.ROLLING_BACK);
        assertThat(state.reason()).isEqualTo("errors");
    }

    @Test
    void whoApprovesOfWhatIsNotProvenAnyMoreIsNotAskedAgainOnceItIs() {
        asked();
        act(Command.APPROVE);
        tick(1);
        asked();
        says(Verdict.INSUFFICIENT, 0);
        tick(1);
        assertThat(Waiting.of(spec, state)).endsWith("; not proven now: errors of canary: not enough data");

        act(Command.APPROVE);
        tick(10);
        assertThat(state.phase()).isEqualTo(Phase.ANALYSE);
        says(Verdict.PASS, 0);
        tick(1);

        assertThat(state.phase()).isEqualTo(Phase.PROMOTING);
        assertThat(count(Kind.APPROVED)).isEqualTo(2);
    }

    @Test
    void unitsThatAreLostHoldItThoughAPersonHasApproved() {
        asked();
        judgement = new Judgement(List.of(reading("errors", ARM, Verdict.PASS, 0)), List.of(), 10, 0);

        act(Command.APPROVE);
        tick(1);

        assertThat(state.phase()).isEqualTo(Phase.HOLD);
        assertThat(state.reason()).isEqualTo("sample-ratio");
    }

    @Test
    void whatGoesOnWhenItsTimeIsUpWaitsForAPersonAllTheSame() {
        begin(Mode.ROLLBACK, Otherwise.ADVANCE);
        List<StepSpec> steps = spec.steps();
        StepSpec limited =
                new StepSpec(1000, 0, steps.get(0).minDuration(), steps.get(1).maxDuration(), 0, Require.PROVEN);
        spec = new RolloutSpec(
                spec.route(),
                spec.control(),
                spec.candidates(),
                spec.strategy(),
                List.of(limited, steps.get(1)),
                spec.metrics(),
                spec.rules(),
                spec.bandit());
        approveEach();
        says(Verdict.INSUFFICIENT, 0);
        tick(6 * 60);
        assertThat(Approval.isAwaited(spec, state)).isTrue();
        assertThat(state.detail()).contains("errors of canary: not enough data");

        act(Command.APPROVE);
        tick(1);

        assertThat(state.step()).isEqualTo(1);
    }

    @Test
    void nobodyApprovesOfWhatDoesNotAskForIt() {
        analyse();
        assertThatThrownBy(() -> act(Command.APPROVE))
                .isInstanceOf(OutOfPlace.class)
                .hasMessage("approve: the rollout is analyse (expected: one that waits for approval of its step)");
        act(Command.PAUSE);
        assertThatThrownBy(() -> act(Command.APPROVE)).isInstanceOf(OutOfPlace.class);
    }

    @Test
    void whatWaitsForApprovalDoesNotGoOnByAnotherWord() {
        asked();

        assertThatThrownBy(() -> act(Command.RESUME))
                .isInstanceOf(OutOfPlace.class)
                .hasMessageContaining("resume: the rollout waits for approval of step 1 (expected: approve");
        act(Command.SKIP);
        assertThat(state.step()).as("whatever the evidence says").isEqualTo(1);
        assertThat(Approval.isAwaited(spec, state)).isFalse();
    }

    @Test
    void whatWasFoundMeanwhileIsToBeSeenFirst() {
        begin(Mode.PAUSE, Otherwise.HOLD);
        approveEach();
        asked();
        long seen = state.events();
        says(Verdict.FAIL, 9);
        tick(1);
        assertThat(state.findings()).hasSize(1);

        assertThatThrownBy(() -> approve(seen))
                .isInstanceOf(OutOfPlace.class)
                .hasMessageContaining("approve: more happened to the rollout than was seen");
        approve(state.events());

        assertThat(state.findings()).isEmpty();
        assertThat(events.getLast().confirmed()).extracting(Finding::reason).containsExactly("errors");
        tick(5);
        assertThat(state.step()).as("it still fails").isZero();
        assertThat(state.phase()).isEqualTo(Phase.ANALYSE);
    }

    /// Others may give a metric whatever name they like.
    @Test
    void aMetricOfThatNameIsNoQuestion() {
        begin(Mode.PAUSE, Otherwise.HOLD);
        approveEach();
        analyse();
        judgement = new Judgement(List.of(reading("approval", ARM, Verdict.FAIL, 9)), List.of(), 0, 0);
        tick(1);
        assertThat(state.reason()).isEqualTo("approval");

        assertThat(Approval.isAwaited(spec, state)).isFalse();
        assertThatThrownBy(() -> act(Command.APPROVE)).isInstanceOf(OutOfPlace.class);
    }
}
