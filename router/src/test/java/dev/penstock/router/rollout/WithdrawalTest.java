package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.rollout.Observation.Readiness;
import dev.penstock.router.rollout.RolloutEvent.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What becomes of a candidate that is to be promoted and cannot be.
final class WithdrawalTest extends GivenJudgements {
    private static final String REFUSAL = "model 'digits' has no version 2";

    @BeforeEach
    void promoting() {
        promotingBy(Mode.ROLLBACK);
    }

    private void promotingBy(Mode mode) {
        begin(mode, Otherwise.HOLD);
        analyse();
        act(Command.PROMOTE);
        assertThat(state.phase()).isEqualTo(Phase.PROMOTING);
    }

    private void refused(long forMillis) {
        Observation seen = new Observation(false, Map.of(), Map.of(), Map.of(ARM, readiness), trips, List.of());
        take(Withdrawal.refused(spec, state, seen, REFUSAL, forMillis, nowMillis));
    }

    private void isTakenBack(String reason, String detail) {
        assertThat(state.phase()).isEqualTo(Phase.ROLLING_BACK);
        assertThat(state.promoted()).isEmpty();
        assertThat(state.reason()).isEqualTo(reason);
        assertThat(state.detail()).isEqualTo(detail);
        assertThat(count(Kind.ROLLING_BACK)).isEqualTo(1);
    }

    @Test
    void aRefusalThatStaysTakesItBack() {
        refused(59_999);
        assertThat(state.phase()).isEqualTo(Phase.PROMOTING);
        assertThat(state.promoted()).isEqualTo(ARM);

        refused(60_000);

        isTakenBack("not-promoted", REFUSAL);
        assertThat(state.latched()).as("nothing is known to be bad").isFalse();
    }

    @Test
    void aGuardTakesItBackAtOnce() {
        trips = Map.of(ARM, "20 failures one after another");
        refused(0);

        isTakenBack("guard", "20 failures one after another");
        assertThat(state.latched()).isTrue();
    }

    @Test
    void whatFailedToLoadIsTakenBackAtOnce() {
        readiness = new Readiness(Readiness.State.FAILED, "no such file");
        refused(0);

        isTakenBack("not-ready", "no such file");
    }

    @Test
    void whereNothingIsTakenAwayByItselfAGuardOnlyWaitsForThat() {
        promotingBy(Mode.PAUSE);
        trips = Map.of(ARM, "20 failures one after another");
        refused(0);
        assertThat(state.phase()).isEqualTo(Phase.PROMOTING);

        refused(60_000);

        isTakenBack("not-promoted", REFUSAL);
    }

    @Test
    void whatIsUnfitIsTakenBackWhateverTheMode() {
        promotingBy(Mode.OBSERVE);
        readiness = new Readiness(Readiness.State.UNFIT, "it takes other inputs");
        refused(0);

        isTakenBack("unfit", "it takes other inputs");
        assertThat(state.latched()).isFalse();
    }

    @Test
    void whatIsUnfitIsTakenBackAlsoWhereAGuardTripped() {
        promotingBy(Mode.OBSERVE);
        readiness = new Readiness(Readiness.State.UNFIT, "it takes other inputs");
        trips = Map.of(ARM, "20 failures one after another");
        refused(0);

        isTakenBack("unfit", "it takes other inputs");
    }

    @Test
    void whoAbortsItSaysWhy() {
        take(Withdrawal.asked(spec, state, new Wish(Command.ABORT, "ana", "its folder is gone"), nowMillis));

        isTakenBack("manual", "its folder is gone");
        assertThat(events.getLast().actor()).isEqualTo("ana");
    }
}
