package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.rollout.Observation.Readiness;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Why a step does not end.
final class WaitingTest extends GivenJudgements {
    private String waiting() {
        return Waiting.of(spec, state);
    }

    @Test
    void forACandidateThatIsNotReady() {
        readiness = new Readiness(Readiness.State.WAITING, "it is being loaded");
        assertThat(waiting()).isEmpty();
        tick(2);
        assertThat(waiting()).isEqualTo("digits@2: it is being loaded");
    }

    /// Such as one that a server which came later has not loaded yet.
    @Test
    void forACandidateThatIsNotReadyAnyMore() {
        says(Verdict.PASS, 0);
        analyse();
        readiness = new Readiness(Readiness.State.WAITING, "on there: it is being loaded");
        tick(60);
        assertThat(state.step()).isZero();
        assertThat(waiting()).isEqualTo("digits@2: on there: it is being loaded; otherwise in 24 h: hold");

        readiness = Readiness.READY;
        tick(1);
        assertThat(state.step()).isEqualTo(1);
        readiness = new Readiness(Readiness.State.WAITING, "on there: it is being loaded");
        tick(6 * 60);
        assertThat(state.phase()).isEqualTo(Phase.HOLD);
        assertThat(state.detail()).contains("waits for digits@2: on there");
    }

    /// In whatever words a person gives a reason.
    @Test
    void whatAPersonSaysIsNothingThatIsWaitedFor() {
        says(Verdict.INSUFFICIENT, 0);
        analyse();
        act(Command.PAUSE);
        take(machine.act(spec, state, new Wish(Command.RESUME, "ana", "waits for nobody any more"), nowMillis));
        assertThat(state.phase()).isEqualTo(Phase.ANALYSE);
        assertThat(waiting()).doesNotContain("nobody any more");
        assertThat(machine.reweight(spec, state, Map.of(ARM, 4000), nowMillis)
                        .state()
                        .weights())
                .containsEntry(ARM, 4000);

        tick(1);
        assertThat(state.detail()).isEqualTo("waits for nobody any more");
    }

    /// Its requests would be the default arm's there.
    @Test
    void whatCannotServeSomewhereGetsNoLargerShareWhenTheTimeIsUp() {
        begin(Mode.ROLLBACK, Otherwise.ADVANCE);
        Duration minute = Duration.ofMinutes(1);
        StepSpec first = new StepSpec(1000, 0, minute, Duration.ofMinutes(5), 0, Require.NOT_WORSE);
        spec = new RolloutSpec(
                spec.route(),
                spec.control(),
                spec.candidates(),
                spec.strategy(),
                List.of(first, StepSpec.share(5000, minute, Require.PROVEN)),
                spec.metrics(),
                spec.rules(),
                spec.bandit());
        says(Verdict.PASS, 0);
        analyse();
        int dealt = state.weights().getOrDefault(ARM, 0);
        readiness = new Readiness(Readiness.State.WAITING, "on there: it is being loaded");
        tick(10 * 60);

        assertThat(state.weights()).containsEntry(ARM, dealt);
        assertThat(state.phase()).isEqualTo(Phase.HOLD);
    }

    @Test
    void forSharesToSettle() {
        tick(2);
        assertThat(waiting()).isEqualTo("new shares to settle, for 30 s more");
        tick(10);
        assertThat(waiting()).isEqualTo("new shares to settle, for 20 s more");
    }

    @Test
    void forTimeAndRequests() {
        requests = 10;
        says(Verdict.PASS, 0);
        analyse();
        assertThat(waiting())
                .isEqualTo("its time: 22 s more; requests to canary: 80 of 500; requests to stable: 80 of 500;"
                        + " otherwise in 24 h: hold");
        tick(45);
        assertThat(state.step()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INSUFFICIENT | 0   | errors of canary: not enough data; otherwise in 3 min: hold",
                "INSUFFICIENT | 2.5 | errors of canary: some evidence against it",
                "PASS         | 0   | ''"
            })
    void forEvidence(Verdict verdict, double logE, String expected) {
        says(Verdict.PASS, 0);
        tick(70);
        assertThat(state.step()).isEqualTo(1);
        says(verdict, logE);
        state = state.with(judgement);
        if (verdict == Verdict.PASS) {
            tick(100);
            assertThat(state.phase()).isEqualTo(Phase.COMPLETED);
        } else {
            spec = logE > 0 ? notWorse() : spec;
            tick(120);
        }
        if (expected.isEmpty()) {
            assertThat(waiting()).isEmpty();
        } else {
            assertThat(waiting()).startsWith(expected);
        }
    }

    /// The same, if the second step need not be proven.
    private RolloutSpec notWorse() {
        return new RolloutSpec(
                spec.route(),
                spec.control(),
                spec.candidates(),
                spec.strategy(),
                List.of(spec.steps().getFirst(), StepSpec.share(5000, Duration.ofMinutes(1), Require.NOT_WORSE)),
                spec.metrics(),
                spec.rules(),
                spec.bandit());
    }

    @Test
    void forWhatWasNeverJudged() {
        says(Verdict.PASS, 0);
        tick(70);
        judgement = Judgement.NONE;
        tick(100);
        assertThat(waiting()).startsWith("errors of canary: not judged yet");
    }

    /// What is said comes true when time is up.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ROLLBACK | ROLLBACK | 1 | otherwise in 5 min: rollback | ROLLED_BACK",
                "ROLLBACK | HOLD     | 1 | otherwise in 5 min: hold     | HOLD",
                "ROLLBACK | ADVANCE  | 1 | otherwise in 5 min: hold     | HOLD",
                "PAUSE    | ROLLBACK | 1 | otherwise in 5 min: hold     | HOLD",
                "OBSERVE  | ROLLBACK | 1 | otherwise in 5 min: hold     | HOLD",
                "OBSERVE  | ADVANCE  | 1 | otherwise in 5 min: hold     | HOLD",
                "PAUSE    | ROLLBACK | 0 | otherwise in 24 h: hold      | HOLD",
                "OBSERVE  | ROLLBACK | 0 | otherwise in 24 h: hold      | HOLD"
            })
    void forAnEndThatComes(Mode mode, Otherwise otherwise, int step, String expected, Phase end) {
        begin(mode, otherwise);
        says(Verdict.PASS, 0);
        requests = step == 0 ? 0 : requests;
        tick(70);
        says(Verdict.INSUFFICIENT, 0);
        tick(40);
        assertThat(state.step()).isEqualTo(step);
        assertThat(waiting()).endsWith(expected);
        pass(step == 0 ? Duration.ofHours(25) : Duration.ofMinutes(6));
        assertThat(state.phase()).isEqualTo(end);
    }

    @Test
    void forTheEndOfWhatPromotesNobody() {
        Rules usual = Rules.STANDARD;
        spec = new RolloutSpec(
                spec.route(),
                spec.control(),
                spec.candidates(),
                Strategy.EXPERIMENT,
                spec.steps(),
                spec.metrics(),
                new Rules(
                        usual.alpha(),
                        usual.mode(),
                        usual.settle(),
                        usual.minRequests(),
                        Duration.ofMinutes(3),
                        usual.onInconclusive(),
                        Otherwise.ADVANCE,
                        usual.objective(),
                        usual.inspectFor()),
                spec.bandit());
        requests = 0;
        analyse();
        assertThat(waiting()).endsWith("; otherwise in 3 min: the end, with the default arm as it is");
        tick(150);
        assertThat(state.phase()).isEqualTo(Phase.COMPLETED);
        assertThat(state.promoted()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0.0 | ROLLBACK | a person | otherwise in 24 h: rollback",
                "0.2 | ROLLBACK | the default arm to be well again, or a person | otherwise in 24 h: rollback",
                "0.0 | HOLD     | a person | abort it",
                "0.2 | HOLD     | the default arm to be well again, or a person | abort it"
            })
    void whatIsHeldForACauseEndsWithTheTimeIfItIsTo(double external, Otherwise then, String first, String last) {
        Rules usual = Rules.STANDARD;
        spec = spec(new Rules(
                usual.alpha(),
                usual.mode(),
                usual.settle(),
                usual.minRequests(),
                usual.maxDuration(),
                usual.onInconclusive(),
                then,
                usual.objective(),
                usual.inspectFor()));
        analyse();
        judgement = new Judgement(List.of(), List.of(), external > 0 ? 0 : 10, external);
        tick(1);
        assertThat(state.phase()).isEqualTo(Phase.HOLD);
        assertThat(waiting()).startsWith(first).endsWith(last);
    }

    @Test
    void forAPersonOrTheDefaultArm() {
        analyse();
        act(Command.PAUSE);
        assertThat(waiting()).startsWith("a person");
        act(Command.RESUME);
        judgement = new Judgement(List.of(), List.of(), 0, 0.2);
        tick(1);
        assertThat(waiting()).startsWith("the default arm to be well again, or a person");
        act(Command.ABORT);
        assertThat(waiting()).startsWith("the route to be");
        tick(1);
        assertThat(state.phase()).isEqualTo(Phase.ROLLED_BACK);
        assertThat(waiting()).isEmpty();
    }
}
