package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.router.rollout.Observation.Readiness;
import dev.penstock.router.rollout.RolloutEvent.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What people do with a rollout.
final class RolloutCommandsTest extends GivenJudgements {
    @Test
    void pausesDoNotCountAndKeepTheShare() {
        analyse();
        act(Command.PAUSE);
        tick(1000);
        assertThat(state.phase()).isEqualTo(Phase.PAUSED);
        assertThat(state.weights()).containsEntry(ARM, 1000);
        act(Command.RESUME);
        assertThat(state.phase()).isEqualTo(Phase.ANALYSE);
        tick(20);
        assertThat(state.step()).isZero();
        tick(5);
        assertThat(state.step()).isEqualTo(1);
        assertThat(events)
                .filteredOn(event -> event.actor().equals("ana"))
                .extracting(RolloutEvent::kind)
                .containsExactly(Kind.PAUSED, Kind.RESUMED);
    }

    @Test
    void whatAPersonLetsGoOnDoesNotPauseAgain() {
        begin(Mode.PAUSE, Otherwise.ROLLBACK);
        analyse();
        says(Verdict.FAIL, 9);
        tick(3);
        assertThat(state.phase()).isEqualTo(Phase.PAUSED);
        act(Command.RESUME);
        tick(10);
        assertThat(state.phase()).isEqualTo(Phase.ANALYSE);
        act(Command.SKIP);
        tick(60);
        assertThat(state.phase()).as("it has settled").isEqualTo(Phase.ANALYSE);
        assertThat(state.step()).isEqualTo(1);
        assertThat(count(Kind.PAUSED)).isEqualTo(1);
    }

    /// Its circuit is armed again with that, so what the guard finds then is found anew.
    @ParameterizedTest
    @EnumSource(names = {"RESUME", "SKIP"})
    void aGuardThatFindsTheSameOnceItWasLetGoOnPausesAgain(Command command) {
        begin(Mode.PAUSE, Otherwise.ROLLBACK);
        analyse();
        trips = Map.of(ARM, "20 failures one after the other");
        tick(3);
        assertThat(state.phase()).isEqualTo(Phase.PAUSED);
        assertThat(count(Kind.PAUSED)).isEqualTo(1);
        act(command);
        trips = Map.of();
        tick(5);
        assertThat(state.phase()).isIn(Phase.ANALYSE, Phase.SETTLE);
        trips = Map.of(ARM, "20 failures one after the other");
        tick(1);
        assertThat(state.phase()).isEqualTo(Phase.PAUSED);
        assertThat(state.reason()).isEqualTo("guard");
    }

    /// It was let go on for one reason, and not for the other.
    @Test
    void anotherReasonPausesAgain() {
        begin(Mode.PAUSE, Otherwise.ROLLBACK);
        analyse();
        says(Verdict.FAIL, 9);
        tick(3);
        act(Command.RESUME);
        judgement = new Judgement(
                List.of(reading("errors", ARM, Verdict.FAIL, 9), reading("latency-p99", ARM, Verdict.FAIL, 9)),
                List.of(),
                0,
                0);
        tick(3);
        assertThat(state.phase()).isEqualTo(Phase.PAUSED);
        assertThat(state.reason()).isEqualTo("latency-p99");
    }

    private void fail(String... metrics) {
        List<MetricReading> readings = Stream.of(metrics)
                .map(metric -> reading(metric, ARM, Verdict.FAIL, 9))
                .toList();
        judgement = new Judgement(readings, List.of(), 0, 0);
    }

    /// What spoke against it when it was let go on, and whoever looked could see.
    @ParameterizedTest
    @EnumSource(names = {"RESUME", "SKIP"})
    void oneWordLetsAllGoOnThatWasShown(Command command) {
        begin(Mode.PAUSE, Otherwise.ROLLBACK);
        analyse();
        fail("errors", "latency-p99");
        tick(3);
        fail("errors", "latency-p99", "quality");
        tick(3);
        assertThat(state.phase()).isEqualTo(Phase.PAUSED);
        assertThat(state.reason()).as("what came first").isEqualTo("errors");
        assertThat(events)
                .filteredOn(event -> event.kind() == Kind.PAUSED)
                .extracting(RolloutEvent::reason)
                .as("each is told once")
                .containsExactly("errors", "latency-p99", "quality");

        act(command);
        tick(10);
        assertThat(state.phase()).isIn(Phase.ANALYSE, Phase.SETTLE);
        fail("errors", "latency-p99", "quality", "reward");
        tick(1);
        assertThat(state.phase()).as("nobody knew of that").isEqualTo(Phase.PAUSED);
        assertThat(state.reason()).isEqualTo("reward");
    }

    /// The time of a pause is not the candidate's, however much is found meanwhile.
    @Test
    void whatIsFoundInAPauseDoesNotBeginItAnew() {
        begin(Mode.PAUSE, Otherwise.ROLLBACK);
        analyse();
        act(Command.PAUSE);
        long since = state.phaseMillis();
        fail("errors");
        tick(5);
        assertThat(state.phaseMillis()).isEqualTo(since);
        assertThat(state.reason()).isEqualTo("manual");
        assertThat(events.getLast().reason()).isEqualTo("errors");
    }

    /// It would promote the candidate, whatever speaks against it.
    @Test
    void theLastStepIsNotSkipped() {
        analyse();
        while (state.step() + 1 < spec.steps().size()) {
            act(Command.SKIP);
        }
        RolloutState last = state;
        assertThatThrownBy(() -> act(Command.SKIP))
                .isInstanceOf(OutOfPlace.class)
                .hasMessageStartingWith("skip: the rollout is in its last step (expected: an earlier one; promote ");
        assertThat(state).isSameAs(last);
        act(Command.PROMOTE);
        assertThat(state.phase()).isEqualTo(Phase.PROMOTING);
    }

    @Test
    void aPersonSkipsPromotesAndAborts() {
        analyse();
        act(Command.SKIP);
        assertThat(state.step()).isEqualTo(1);
        assertThat(state.phase()).isEqualTo(Phase.SETTLE);
        RolloutState before = state;
        act(Command.PROMOTE);
        assertThat(state.phase()).isEqualTo(Phase.PROMOTING);
        state = before;
        act(Command.ABORT);
        assertThat(state.phase()).isEqualTo(Phase.ROLLING_BACK);
        assertThat(state.latched()).as("a person's word is no verdict").isFalse();
        assertThatThrownBy(() -> act(Command.PAUSE)).isInstanceOf(OutOfPlace.class);
    }

    @Test
    void whoLetsARolloutGoOnWhoseTimeWasUpGivesItTheSameTimeAgain() {
        within(Duration.ofMinutes(3));
        requests = 0;
        tick(200);
        assertThat(state.phase()).isEqualTo(Phase.HOLD);
        assertThat(state.reason()).isEqualTo("deadline");
        act(Command.RESUME);
        tick(170);
        assertThat(state.phase()).isEqualTo(Phase.ANALYSE);
        tick(20);
        assertThat(state.phase()).isEqualTo(Phase.HOLD);
    }

    private void within(Duration whole) {
        Rules usual = Rules.STANDARD;
        spec = spec(new Rules(
                usual.alpha(),
                usual.mode(),
                usual.settle(),
                usual.minRequests(),
                whole,
                usual.onInconclusive(),
                Otherwise.HOLD,
                usual.objective(),
                usual.inspectFor()));
    }

    @Test
    void whoSkipsWhatIsPausedHasNoTimeCountedThatItWas() {
        within(Duration.ofMinutes(3));
        analyse();
        act(Command.PAUSE);
        tick(1000);
        act(Command.SKIP);
        tick(60);
        assertThat(state.phase()).isEqualTo(Phase.ANALYSE);
        assertThat(state.step()).isEqualTo(1);
        tick(100);
        assertThat(state.reason()).as("its own time counts").isEqualTo("deadline");
    }

    @Test
    void whoSkipsWhatHadNoTimeLeftGivesItTheSameTimeAgain() {
        within(Duration.ofMinutes(3));
        requests = 0;
        tick(200);
        assertThat(state.reason()).isEqualTo("deadline");
        act(Command.SKIP);
        tick(170);
        assertThat(state.phase()).isEqualTo(Phase.ANALYSE);
        assertThat(state.step()).isEqualTo(1);
    }

    @Test
    void whatIsNotLoadedYetIsNotPromoted() {
        readiness = new Readiness(Readiness.State.WAITING, "");
        assertThatThrownBy(() -> act(Command.PROMOTE)).isInstanceOf(OutOfPlace.class);
        tick(3);
        assertThat(state.phase()).isEqualTo(Phase.PREFLIGHT);
        assertThatThrownBy(() -> act(Command.PROMOTE)).isInstanceOf(OutOfPlace.class);
    }

    @Test
    void aPauseDoesNotCutTheTimeToSettleShort() {
        tick(3);
        act(Command.PAUSE);
        tick(20);
        assertThat(state.epochs()).isEmpty();
        act(Command.RESUME);
        assertThat(state.phase()).isEqualTo(Phase.SETTLE);
        tick(28);
        assertThat(state.phase()).isEqualTo(Phase.SETTLE);
        assertThat(state.epochs()).isEmpty();
        tick(3);
        assertThat(state.phase()).isEqualTo(Phase.ANALYSE);
    }
}
