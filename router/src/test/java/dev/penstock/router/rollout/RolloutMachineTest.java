package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.rollout.Observation.Readiness;
import dev.penstock.router.rollout.RolloutEvent.Kind;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What follows from a judgement, which is given here: steps, and what speaks against a candidate.
final class RolloutMachineTest extends GivenJudgements {
    @Test
    void goesThroughItsStepsAndMakesTheCandidateTheDefault() {
        tick(2);
        assertThat(state.phase()).isEqualTo(Phase.SETTLE);
        assertThat(state.weights()).containsEntry(ARM, 1000);
        tick(31);
        assertThat(state.phase()).isEqualTo(Phase.ANALYSE);
        says(Verdict.INSUFFICIENT, 0);
        tick(31);
        assertThat(state.step()).isEqualTo(1);
        assertThat(state.weights()).containsEntry(ARM, 5000);
        tick(100);
        assertThat(state.phase()).as("what is not proven is not promoted").isEqualTo(Phase.ANALYSE);
        says(Verdict.PASS, 0);
        applied = false;
        tick(5);
        assertThat(state.phase()).isEqualTo(Phase.PROMOTING);
        assertThat(state.promoted()).isEqualTo(ARM);
        assertThat(state.weights()).as("the candidate is the default now").containsEntry(ARM, 0);
        applied = true;
        tick(1);
        assertThat(state.phase()).isEqualTo(Phase.COMPLETED);
        assertThat(events)
                .extracting(RolloutEvent::kind)
                .containsExactly(
                        Kind.STARTED, Kind.STEP, Kind.SETTLED, Kind.STEP, Kind.SETTLED, Kind.PROMOTING, Kind.COMPLETED);
        assertThat(events).extracting(RolloutEvent::number).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
    }

    @Test
    void countsNothingWhileSharesAreNewOrNotDealtYet() {
        applied = false;
        tick(100);
        assertThat(state.phase())
                .as("the step begins once its shares are dealt")
                .isEqualTo(Phase.SETTLE);
        applied = true;
        tick(30);
        assertThat(state.epochs()).isEmpty();
        tick(3);
        assertThat(state.epochs()).hasSize(1);
        assertThat(state.epochs().getFirst().counts(ARM).requests()).isEqualTo(300);
        assertThat(state.epochs().getFirst().share(ARM, "stable")).isEqualTo(0.1);
    }

    @Test
    void whatIsPredictedCountsAtOnce() {
        tick(2);
        assertThat(state.phase()).isEqualTo(Phase.SETTLE);
        nowMillis += 1000;
        ArmCounts counts =
                answered(5).plus(new ArmCounts.Builder().bins(new long[] {2, 3}).build());
        Map<String, ArmCounts> both = Map.of("stable", counts, ARM, counts);
        Observation seen = new Observation(true, both, Map.of(), Map.of(ARM, readiness), trips, List.of());
        take(machine.tick(spec, state, seen, nowMillis));

        assertThat(state.phase()).isEqualTo(Phase.SETTLE);
        assertThat(state.epochs()).singleElement().satisfies(epoch -> {
            assertThat(epoch.counts(ARM).bins()).startsWith(2, 3);
            assertThat(epoch.counts(ARM).requests())
                    .as("what depends on new shares")
                    .isZero();
        });
    }

    @ParameterizedTest
    @CsvSource({
        // verdict, logE, requests a second: does the first step end?
        "INSUFFICIENT, 0, 100, true",
        "PASS, -5, 100, true",
        "INSUFFICIENT, 1.09, 100, true",
        "INSUFFICIENT, 1.11, 100, false",
        "PASS, 0, 1, false",
        "INSUFFICIENT, NaN, 100, true"
    })
    void aStepEndsWithTimeAndRequestsAndNoSuspicion(Verdict verdict, double logE, long rate, boolean ends) {
        requests = rate;
        says(verdict, logE);
        tick(100);
        assertThat(state.step() == 1).isEqualTo(ends);
    }

    @ParameterizedTest
    @CsvSource({
        "OBSERVE, ANALYSE, WOULD_ROLL_BACK, 1000",
        "PAUSE, PAUSED, PAUSED, 1000",
        "ROLLBACK, ROLLED_BACK, ROLLED_BACK, 0"
    })
    void evidenceAgainstACandidateDoesWhatTheModeSays(Mode mode, Phase phase, Kind told, int weight) {
        begin(mode, Otherwise.ROLLBACK);
        analyse();
        says(Verdict.FAIL, 7.4);
        tick(3);
        assertThat(state.phase()).isEqualTo(phase);
        assertThat(state.weights()).containsEntry(ARM, weight);
        assertThat(events.getLast().kind()).isEqualTo(told);
        assertThat(events.getLast().reason()).isEqualTo("errors");
        assertThat(events.getLast().detail()).isEqualTo("31 of 2410");
        assertThat(events.getLast().judged().readings().getFirst().evidence().rollback())
                .isEqualTo(7.4);
        assertThat(events.stream().filter(event -> event.kind() == told))
                .as("told once")
                .hasSize(1);
        assertThat(state.latched()).isEqualTo(mode == Mode.ROLLBACK);
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"ANALYSE", "HOLD", "PAUSED", "SETTLE"})
    void aGuardRollsBackWhereverTheRolloutIs(Phase phase) {
        if (phase == Phase.SETTLE) {
            tick(3);
        } else {
            analyse();
        }
        if (phase == Phase.HOLD) {
            judgement = new Judgement(List.of(), List.of(), 10, 0);
            tick(1);
        } else if (phase == Phase.PAUSED) {
            act(Command.PAUSE);
        }
        assertThat(state.phase()).isEqualTo(phase);
        trips = Map.of(ARM, "20 failures one after the other");
        tick(1);
        assertThat(state.phase()).isEqualTo(Phase.ROLLING_BACK);
        assertThat(state.weights()).containsEntry(ARM, 0);
        assertThat(events.getLast().reason()).isEqualTo("guard");
        tick(1);
        assertThat(state.phase()).isEqualTo(Phase.ROLLED_BACK);
    }

    @ParameterizedTest
    @CsvSource({
        // who is asked is required, what was said, does the step end?
        "true, , false",
        "true, INSUFFICIENT, false",
        "true, PASS, true",
        "false, INSUFFICIENT, true"
    })
    void whoIsAskedAndMustPassHasToSaySo(boolean required, @Nullable Verdict said, boolean ends) {
        MetricSpec gate =
                new MetricSpec.Gate("webhook", URI.create("http://gate"), "", "", Duration.ofSeconds(60), 3, required);
        spec = new RolloutSpec(
                spec.route(),
                spec.control(),
                spec.candidates(),
                spec.strategy(),
                spec.steps(),
                List.of(MetricSpec.Errors.STANDARD, gate),
                spec.rules(),
                spec.bandit());
        List<MetricReading> readings = new ArrayList<>(List.of(reading("errors", ARM, Verdict.INSUFFICIENT, 0)));
        if (said != null) {
            readings.add(reading("webhook", ARM, said, Double.NaN));
        }
        judgement = new Judgement(readings, List.of(), 0, 0);
        tick(100);
        assertThat(state.step() == 1).isEqualTo(ends);
    }

    /// What it is compared with is not there: then its failures have to be certainly few.
    @Test
    void aSoakEndsOnceErrorsPass() {
        spec = new RolloutSpec(
                spec.route(),
                spec.control(),
                spec.candidates(),
                Strategy.BLUE_GREEN,
                List.of(StepSpec.share(StepSpec.ALL, Duration.ofMinutes(1), Require.NOT_WORSE)),
                spec.metrics(),
                spec.rules(),
                spec.bandit());
        says(Verdict.INSUFFICIENT, 0);
        tick(100);
        assertThat(state.phase()).isEqualTo(Phase.ANALYSE);
        says(Verdict.PASS, 0);
        tick(2);
        assertThat(state.phase()).isEqualTo(Phase.COMPLETED);
    }

    @Test
    void aCandidateThatCannotBeLoadedNeverGetsAShare() {
        readiness = new Readiness(Readiness.State.WAITING, "");
        tick(100);
        assertThat(state.phase()).isEqualTo(Phase.PREFLIGHT);
        assertThat(state.weights()).containsEntry(ARM, 0);
        readiness = new Readiness(Readiness.State.FAILED, "no such file");
        tick(2);
        assertThat(state.phase()).isEqualTo(Phase.ROLLED_BACK);
        assertThat(state.reason()).isEqualTo("not-loadable");
        assertThat(state.detail()).isEqualTo("digits@2: no such file");
        assertThat(events).extracting(RolloutEvent::kind).doesNotContain(Kind.STEP);
    }

    /// It would wait for its deadline: the route gives it no requests, however ready it is.
    @ParameterizedTest
    @CsvSource({"true, PREFLIGHT", "false, ANALYSE"})
    void aCandidateThatDoesNotFitIsToldSo(boolean atOnce, Phase before) {
        readiness = atOnce ? new Readiness(Readiness.State.WAITING, "it is being loaded") : Readiness.READY;
        tick(40);
        assertThat(state.phase()).isEqualTo(before);
        readiness = new Readiness(Readiness.State.UNFIT, "input 'x': FP32 is now INT64");
        tick(2);
        assertThat(state.phase()).isEqualTo(Phase.ROLLED_BACK);
        assertThat(state.reason()).isEqualTo("unfit");
        assertThat(state.detail()).contains("input 'x': FP32 is now INT64");
        assertThat(state.latched()).as("it may fit another default arm").isFalse();
    }

    @Test
    void whoOnlyObservesIsToldOnceAndTheRolloutGoesOn() {
        begin(Mode.OBSERVE, Otherwise.ROLLBACK);
        analyse();
        for (int i = 0; i < 40; i++) {
            String metric = i % 2 == 0 ? "errors" : "latency-p99";
            judgement = new Judgement(List.of(reading(metric, ARM, Verdict.FAIL, 7)), List.of(), 0, 0);
            tick(1);
        }
        assertThat(count(Kind.WOULD_ROLL_BACK)).isEqualTo(2);
        judgement = new Judgement(judgement.readings(), List.of(), 0, 0.2);
        tick(1);
        assertThat(state.phase()).isEqualTo(Phase.HOLD);
        says(Verdict.FAIL, 7);
        assertThat(state.reason()).as("what it waits for").isEqualTo("external");
        tick(1);
        assertThat(state.phase()).isEqualTo(Phase.ANALYSE);
        assertThat(count(Kind.WOULD_ROLL_BACK)).isEqualTo(2);
    }

    /// A guard that tripped stays so, and hides nothing that is found later.
    @Test
    void whoOnlyObservesIsToldOfWhatComesAfterAGuard() {
        begin(Mode.OBSERVE, Otherwise.ROLLBACK);
        analyse();
        trips = Map.of(ARM, "20 failures one after the other");
        tick(2);
        judgement = new Judgement(
                List.of(reading("errors", ARM, Verdict.FAIL, 7), reading("latency-p99", ARM, Verdict.FAIL, 7)),
                List.of(),
                0,
                0);
        tick(2);
        readiness = new Readiness(Readiness.State.FAILED, "it was lost");
        tick(2);
        assertThat(events)
                .filteredOn(event -> event.kind() == Kind.WOULD_ROLL_BACK)
                .extracting(RolloutEvent::reason)
                .containsExactly("guard", "errors", "latency-p99", "not-ready");
        assertThat(state.phase()).isEqualTo(Phase.ANALYSE);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void whoDoesNotFitIsTakenBackInEveryMode(Mode mode) {
        begin(mode, Otherwise.ROLLBACK);
        analyse();
        readiness = new Readiness(Readiness.State.UNFIT, "input 'x': FP32 is now INT64");
        tick(1);
        assertThat(state.phase()).isEqualTo(Phase.ROLLING_BACK);
        assertThat(state.reason()).isEqualTo("unfit");
        assertThat(state.latched()).isFalse();
    }

    @Test
    void nothingIsProvenByNoMetrics() {
        RolloutSpec asked = spec;
        spec = new RolloutSpec(
                asked.route(),
                asked.control(),
                asked.candidates(),
                asked.strategy(),
                asked.steps(),
                List.of(),
                asked.rules(),
                asked.bandit());
        tick(200);
        assertThat(state.step()).isEqualTo(1);
        assertThat(state.phase()).isEqualTo(Phase.ANALYSE);
    }
}
