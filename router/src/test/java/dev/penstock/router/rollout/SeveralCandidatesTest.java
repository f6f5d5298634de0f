package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ServingException;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.rollout.Observation.Readiness;
import dev.penstock.router.rollout.RolloutEvent.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Experiments and bandits: several candidates, and shares that change within a step.
final class SeveralCandidatesTest extends GivenJudgements {
    private void experiment(StepSpec step) {
        spec = new RolloutSpec(
                "digits",
                "stable",
                List.of(new Candidate(ARM, "digits", 2), new Candidate("other", "digits", 3)),
                Strategy.EXPERIMENT,
                List.of(step),
                List.of(MetricSpec.Errors.STANDARD),
                Rules.STANDARD,
                BanditSpec.STANDARD);
        state = RolloutState.pending(spec, 0);
    }

    private void see(Map<String, ArmCounts> counts, long atMillis) {
        Map<String, Readiness> ready = Map.of(ARM, Readiness.READY, "other", Readiness.READY);
        take(machine.tick(spec, state, new Observation(true, counts, Map.of(), ready, Map.of(), List.of()), atMillis));
    }

    @Test
    void aBanditsSharesStayWhileNothingIsJudged() {
        analyse();
        Map<String, Integer> more = Map.of(ARM, 4000);
        assertThat(machine.reweight(spec, state, more, nowMillis).state().weights())
                .containsEntry(ARM, 4000);
        judgement = new Judgement(List.of(), List.of(), 10, 0);
        tick(1);
        assertThat(state.phase()).isEqualTo(Phase.HOLD);
        assertThat(machine.reweight(spec, state, more, nowMillis).state()).isEqualTo(state);
    }

    @Test
    void aBanditsSharesStayWhileACandidateCannotServeSomewhere() {
        analyse();
        readiness = new Readiness(Readiness.State.WAITING, "on there: it is being loaded");
        tick(1);
        assertThat(state.phase()).isEqualTo(Phase.ANALYSE);

        assertThat(machine.reweight(spec, state, Map.of(ARM, 4000), nowMillis).state())
                .isEqualTo(state);
    }

    @Test
    void whoLostItsShareKeepsNobodyElseBack() {
        experiment(StepSpec.share(2000, Duration.ofMinutes(1), Require.PROVEN));
        for (int i = 0; i < 90; i++) {
            MetricReading canary = reading("errors", ARM, i < 40 ? Verdict.INSUFFICIENT : Verdict.FAIL, 0);
            judgement = new Judgement(List.of(canary, reading("errors", "other", Verdict.PASS, 0)), List.of(), 0, 0);
            nowMillis += 1000;
            see(Map.of("stable", answered(100), ARM, answered(100), "other", answered(100)), nowMillis);
        }
        assertThat(count(Kind.ARM_DROPPED)).isEqualTo(1);
        assertThat(state.phase()).isEqualTo(Phase.COMPLETED);
        assertThat(state.refuted()).as("what is not to be tried again").containsExactly(ARM);
    }

    @Test
    void oneOfSeveralCandidatesLosesItsShareAlone() {
        experiment(StepSpec.share(2000, Duration.ofHours(1), Require.NONE));
        for (int i = 0; i < 3; i++) {
            see(Map.of(), i);
        }
        says(Verdict.FAIL, 9);
        see(Map.of(), 40_000);
        assertThat(state.weights()).containsEntry(ARM, 0).containsEntry("other", 2000);
        assertThat(events.getLast().kind()).isEqualTo(Kind.ARM_DROPPED);
        see(Map.of(), 41_000);
        assertThat(state.phase()).as("it is dropped once").isNotEqualTo(Phase.ROLLING_BACK);
    }

    @Test
    void whoDoesNotFitIsDroppedBeforeTheOthersBegin() {
        experiment(StepSpec.share(2000, Duration.ofHours(1), Require.NONE));
        Map<String, Readiness> ready =
                Map.of(ARM, new Readiness(Readiness.State.UNFIT, "it takes x"), "other", Readiness.READY);
        for (int i = 0; i < 4; i++) {
            take(machine.tick(
                    spec, state, new Observation(true, Map.of(), Map.of(), ready, Map.of(), List.of()), 1000 + i));
        }
        assertThat(count(Kind.ARM_DROPPED)).isEqualTo(1);
        assertThat(state.phase()).isEqualTo(Phase.SETTLE);
        assertThat(state.weights()).containsEntry(ARM, 0).containsEntry("other", 2000);
        assertThat(state.refuted()).isEmpty();
    }

    private void prepare(Map<String, Readiness> found) {
        for (int i = 0; i < 4; i++) {
            take(machine.tick(
                    spec, state, new Observation(true, Map.of(), Map.of(), found, Map.of(), List.of()), 1000 + i));
        }
    }

    @Test
    void whoCannotBeLoadedIsDroppedBeforeTheOthersBegin() {
        experiment(StepSpec.share(2000, Duration.ofHours(1), Require.NONE));
        Readiness failed = new Readiness(Readiness.State.FAILED, "no such file");
        prepare(Map.of(ARM, failed, "other", Readiness.READY));

        assertThat(events)
                .filteredOn(event -> event.kind() == Kind.ARM_DROPPED)
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.reason()).isEqualTo("not-loadable");
                    assertThat(event.detail()).isEqualTo("canary: digits@2: no such file");
                });
        assertThat(state.phase()).isEqualTo(Phase.SETTLE);
        assertThat(state.weights()).containsEntry(ARM, 0).containsEntry("other", 2000);
        assertThat(state.refuted()).as("its bytes cannot be loaded").containsExactly(ARM);
    }

    @Test
    void ofSeveralOfWhomNoneCanBeLoadedNothingIsBegun() {
        experiment(StepSpec.share(2000, Duration.ofHours(1), Require.NONE));
        Readiness failed = new Readiness(Readiness.State.FAILED, "no such file");
        prepare(Map.of(ARM, failed, "other", failed));

        assertThat(state.phase()).isEqualTo(Phase.ROLLED_BACK);
        assertThat(state.reason()).isEqualTo("not-loadable");
        assertThat(state.detail()).isEqualTo("digits@3: no such file");
        assertThat(state.refuted()).containsExactlyInAnyOrder(ARM, "other");
        assertThat(count(Kind.STEP)).isZero();
    }

    @Test
    void ofSeveralCandidatesAPersonSaysWhichIsPromoted() {
        experiment(StepSpec.share(2000, Duration.ofHours(1), Require.NONE));
        for (int i = 0; i < 3; i++) {
            see(Map.of(), i);
        }
        for (String arm : List.of("", "nobody", "stable")) {
            assertThatThrownBy(
                            () -> machine.act(spec, state, new Wish(Command.PROMOTE, arm, "ana", "because"), nowMillis))
                    .as("'%s'", arm)
                    .isInstanceOf(ServingException.class)
                    .hasMessageContaining("expected: the one to promote of " + ARM + ", other");
        }
        take(machine.act(spec, state, new Wish(Command.PROMOTE, "other", "ana", "it earned more"), nowMillis));
        assertThat(state.phase()).isEqualTo(Phase.PROMOTING);
        assertThat(state.promoted()).isEqualTo("other");
    }
}
