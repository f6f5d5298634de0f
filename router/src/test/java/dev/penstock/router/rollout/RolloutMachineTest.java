package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.LatencyHistogram;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.core.ServingException;
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

/// What follows from a judgement, which is given here.
final class RolloutMachineTest {
    private static final String ARM = "canary";

    /// Shares of 10 % and 50 %, a minute each, the second one to be proven.
    private RolloutSpec spec = spec(Rules.STANDARD);
    private Judgement judgement = Judgement.NONE;
    private final RolloutMachine machine = new RolloutMachine((_, _, _) -> judgement);
    private RolloutState state = RolloutState.pending(spec, 0);
    private final List<RolloutEvent> events = new ArrayList<>();
    private long nowMillis;
    private boolean applied = true;
    private Readiness readiness = Readiness.READY;
    private Map<String, String> trips = Map.of();
    private long requests = 100;

    private static RolloutSpec spec(Rules rules) {
        return new RolloutSpec(
                "digits",
                "stable",
                List.of(new Candidate(ARM, "digits", 2)),
                Strategy.CANARY,
                List.of(
                        new StepSpec(1000, 0, Duration.ofMinutes(1), Duration.ZERO, 0, Require.NOT_WORSE),
                        new StepSpec(5000, 0, Duration.ofMinutes(1), Duration.ofMinutes(5), 0, Require.PROVEN)),
                List.of(MetricSpec.Errors.STANDARD),
                rules,
                BanditSpec.STANDARD);
    }

    private static Rules rules(Mode mode, Otherwise onInconclusive) {
        Rules usual = Rules.STANDARD;
        return new Rules(
                usual.alpha(),
                mode,
                usual.settle(),
                usual.minRequests(),
                usual.maxDuration(),
                onInconclusive,
                usual.onDeadline(),
                usual.objective());
    }

    private void begin(Mode mode, Otherwise onInconclusive) {
        spec = spec(rules(mode, onInconclusive));
        state = RolloutState.pending(spec, 0);
    }

    private static ArmCounts answered(long requests) {
        LatencyHistogram latency = new LatencyHistogram();
        for (long i = 0; i < requests; i++) {
            latency.record(1_000_000);
        }
        return new ArmCounts.Builder()
                .latency(latency.snapshot(), LatencySnapshot.EMPTY)
                .once(requests, 0)
                .build();
    }

    private void tick(int seconds) {
        for (int i = 0; i < seconds; i++) {
            nowMillis += 1000;
            Observation seen = new Observation(
                    applied,
                    Map.of("stable", answered(requests), ARM, answered(requests)),
                    Map.of(),
                    Map.of(ARM, readiness),
                    trips,
                    List.of());
            take(machine.tick(spec, state, seen, nowMillis));
        }
    }

    /// Nearly as much time as that, and then it is over.
    private void pass(Duration time) {
        long until = nowMillis + time.toMillis();
        while (nowMillis < until) {
            nowMillis += 9_000;
            tick(1);
        }
    }

    private void take(RolloutMachine.Tick tick) {
        state = tick.state();
        events.addAll(tick.events());
    }

    private void act(Command command) {
        take(machine.act(spec, state, new Wish(command, "ana", "because"), nowMillis));
    }

    private void says(Verdict verdict, double logERollback) {
        judgement = new Judgement(List.of(reading("errors", ARM, verdict, logERollback)), List.of(), 0, 0);
    }

    private static MetricReading reading(String metric, String arm, Verdict verdict, double logERollback) {
        return new MetricReading(
                metric,
                arm,
                verdict,
                true,
                new MetricReading.Evidence(logERollback, 3, 0, 3),
                new MetricReading.Estimate(1, 0, 2),
                new MetricReading.Observed(1000, 1000),
                "31 of 2410");
    }

    private long count(Kind kind) {
        return events.stream().filter(event -> event.kind() == kind).count();
    }

    /// Until the first step is being judged.
    private void analyse() {
        tick(40);
        assertThat(state.phase()).isEqualTo(Phase.ANALYSE);
    }

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
        assertThat(state.phase()).as("it did not pass").isEqualTo(Phase.ROLLED_BACK);
        assertThat(state.latched())
                .as("nothing is proven against the candidate")
                .isFalse();
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
        assertThat(state.phase()).isEqualTo(Phase.ROLLED_BACK);
        assertThat(state.latched()).isFalse();
        assertThat(state.reason()).isEqualTo("deadline");
        assertThat(state.detail()).contains("too few requests");
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

    @Test
    void whoLetsARolloutGoOnWhoseTimeWasUpGivesItTheSameTimeAgain() {
        Rules usual = Rules.STANDARD;
        spec = spec(new Rules(
                usual.alpha(),
                usual.mode(),
                usual.settle(),
                usual.minRequests(),
                Duration.ofMinutes(3),
                usual.onInconclusive(),
                Otherwise.HOLD,
                usual.objective()));
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
    void whoLostItsShareKeepsNobodyElseBack() {
        spec = new RolloutSpec(
                "digits",
                "stable",
                List.of(new Candidate(ARM, "digits", 2), new Candidate("other", "digits", 3)),
                Strategy.EXPERIMENT,
                List.of(StepSpec.share(2000, Duration.ofMinutes(1), Require.PROVEN)),
                List.of(MetricSpec.Errors.STANDARD),
                Rules.STANDARD,
                BanditSpec.STANDARD);
        state = RolloutState.pending(spec, 0);
        for (int i = 0; i < 90; i++) {
            MetricReading canary = reading("errors", ARM, i < 40 ? Verdict.INSUFFICIENT : Verdict.FAIL, 0);
            judgement = new Judgement(List.of(canary, reading("errors", "other", Verdict.PASS, 0)), List.of(), 0, 0);
            nowMillis += 1000;
            Observation seen = new Observation(
                    true,
                    Map.of("stable", answered(100), ARM, answered(100), "other", answered(100)),
                    Map.of(),
                    Map.of(ARM, Readiness.READY, "other", Readiness.READY),
                    Map.of(),
                    List.of());
            take(machine.tick(spec, state, seen, nowMillis));
        }
        assertThat(count(Kind.ARM_DROPPED)).isEqualTo(1);
        assertThat(state.phase()).isEqualTo(Phase.COMPLETED);
        assertThat(state.refuted()).as("what is not to be tried again").containsExactly(ARM);
    }

    @Test
    void oneOfSeveralCandidatesLosesItsShareAlone() {
        spec = new RolloutSpec(
                "digits",
                "stable",
                List.of(new Candidate(ARM, "digits", 2), new Candidate("other", "digits", 3)),
                Strategy.EXPERIMENT,
                List.of(StepSpec.share(2000, Duration.ofHours(1), Require.NONE)),
                List.of(MetricSpec.Errors.STANDARD),
                Rules.STANDARD,
                BanditSpec.STANDARD);
        state = RolloutState.pending(spec, 0);
        Observation seen = new Observation(
                true, Map.of(), Map.of(), Map.of(ARM, Readiness.READY, "other", Readiness.READY), Map.of(), List.of());
        for (int i = 0; i < 3; i++) {
            take(machine.tick(spec, state, seen, i));
        }
        says(Verdict.FAIL, 9);
        take(machine.tick(spec, state, seen, 40_000));
        assertThat(state.weights()).containsEntry(ARM, 0).containsEntry("other", 2000);
        assertThat(events.getLast().kind()).isEqualTo(Kind.ARM_DROPPED);
        take(machine.tick(spec, state, seen, 41_000));
        assertThat(state.phase()).as("it is dropped once").isNotEqualTo(Phase.ROLLING_BACK);
    }

    @Test
    void ofSeveralCandidatesAPersonSaysWhichIsPromoted() {
        spec = new RolloutSpec(
                "digits",
                "stable",
                List.of(new Candidate(ARM, "digits", 2), new Candidate("other", "digits", 3)),
                Strategy.EXPERIMENT,
                List.of(StepSpec.share(2000, Duration.ofHours(1), Require.NONE)),
                List.of(MetricSpec.Errors.STANDARD),
                Rules.STANDARD,
                BanditSpec.STANDARD);
        state = RolloutState.pending(spec, 0);
        Observation seen = new Observation(
                true, Map.of(), Map.of(), Map.of(ARM, Readiness.READY, "other", Readiness.READY), Map.of(), List.of());
        for (int i = 0; i < 3; i++) {
            take(machine.tick(spec, state, seen, i));
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
