package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.core.ServingException;
import dev.penstock.router.arms.RewardRange;
import dev.penstock.router.evidence.AsymptoticSequence;
import dev.penstock.router.evidence.Strata;
import dev.penstock.router.rollout.Observation.Readiness;
import dev.penstock.router.rollout.RolloutEvent.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Who is better in an experiment, and what its end says of that.
final class OutcomeTest extends EvidenceJudgeTests {
    private final List<RolloutEvent> events = new ArrayList<>();
    private Judgement said = Judgement.NONE;
    private RolloutState now = RolloutState.pending(spec, 0);
    private long nowMillis;

    private RolloutSpec experiment(Strategy strategy, double minLift, boolean stops) {
        return new RolloutSpec(
                spec.route(),
                spec.control(),
                strategy.compares() ? spec.candidates() : spec.candidates().subList(0, 1),
                strategy,
                List.of(StepSpec.share(2000, Duration.ofMinutes(10), Require.NONE)),
                List.of(new MetricSpec.Feedback(true, 0.01, RewardRange.UNBOUNDED, true, minLift, stops)),
                Rules.STANDARD,
                spec.bandit());
    }

    private static Judgement judgement(MetricReading... readings) {
        return new Judgement(List.of(readings), List.of(), 0, 0);
    }

    private static MetricReading lifted(String arm, double lower, double upper) {
        return lifted(arm, lower, upper, Verdict.INSUFFICIENT);
    }

    private static MetricReading lifted(String arm, double lower, double upper, Verdict verdict) {
        return GivenJudgements.reading("quality", arm, verdict, 0).with(new Lift((lower + upper) / 2, lower, upper, 0));
    }

    private static Outcome outcome(RolloutSpec asked, MetricReading... readings) {
        return Outcome.of(asked, judgement(readings), Set.of());
    }

    @Test
    void theBestIsNamedWhereBoundsDecideIt() {
        RolloutSpec asked = experiment(Strategy.EXPERIMENT, 0, false);
        Outcome decided = outcome(asked, lifted("canary", 0.03, 0.05), lifted("other", 0.01, 0.02));
        assertThat(decided.better())
                .extracting(Outcome.Win::arm, Outcome.Win::best)
                .containsExactly(tuple("canary", true), tuple("other", false));
        assertThat(decided.detail())
                .isEqualTo("by quality canary proven better, +0.0400 (0.0300 to 0.0500), "
                        + "other proven better, +0.0150 (0.0100 to 0.0200), the best is canary");

        Outcome open = outcome(asked, lifted("canary", 0.03, 0.05), lifted("other", 0.01, 0.04));
        assertThat(open.better()).extracting(Outcome.Win::best).containsOnly(false);
        assertThat(open.detail()).endsWith(", which of these is the best is not proven");
    }

    @Test
    void whereNothingIsProvenTheWidthIsSaid() {
        Outcome outcome = outcome(
                experiment(Strategy.EXPERIMENT, 0, false),
                lifted("canary", -0.01, 0.03),
                lifted("other", -0.05, -0.01));
        assertThat(outcome.better()).isEmpty();
        assertThat(outcome.detail())
                .isEqualTo("by quality canary no difference proven, +0.0100 (-0.0100 to 0.0300), 0.0200 either way, "
                        + "other proven worse, -0.0300 (-0.0500 to -0.0100)");
        assertThat(new Lift(0.02, 0.01, 0.03, 0.015).text())
                .isEqualTo("better, but not proven by more than 0.0150: +0.0200 (0.0100 to 0.0300)");
        assertThat(Lift.NONE.isBetter()).isFalse();
    }

    @Test
    void whoFailsOrIsDroppedOrIsDealtOtherwiseIsNoWinner() {
        RolloutSpec asked = experiment(Strategy.EXPERIMENT, 0, false);
        MetricReading better = lifted("canary", 0.03, 0.05);
        MetricReading fails = GivenJudgements.reading("errors", "canary", Verdict.FAIL, 9);
        assertThat(outcome(asked, better).better()).hasSize(1);
        assertThat(outcome(asked, better, fails).better()).isEmpty();
        assertThat(outcome(asked, better, fails).detail()).endsWith(", but it fails [errors]");
        assertThat(Outcome.of(asked, judgement(better), Set.of("canary")).better())
                .isEmpty();
        Judgement mismatch = new Judgement(List.of(better), List.of(), 10, 0);
        assertThat(Outcome.of(asked, mismatch, Set.of()).better()).isEmpty();
        assertThat(Outcome.of(asked, mismatch, Set.of()).detail()).contains("units are not dealt as the shares say");
        assertThat(outcome(experiment(Strategy.CANARY, 0, false), better)).isEqualTo(Outcome.NONE);
    }

    private Lift lift(RolloutSpec asked, long right) {
        Epoch told = epoch(
                0, 5000, counts(0, 0).right(right(right, 1_000)), counts(0, 0).right(right(500, 1_000)));
        return new EvidenceJudge()
                .judge(asked, state(told), List.of())
                .of("canary")
                .getFirst()
                .lift();
    }

    /// One that shares alpha with another candidate has wider bounds than one alone.
    @Test
    void liftIsOfAllThatWasTold() {
        Lift of = lift(experiment(Strategy.EXPERIMENT, 0, false), 540);
        assertThat(of.isBetter()).isTrue();
        assertThat(of.value()).isEqualTo(0.04, within(1e-9));
        Epoch told = epoch(
                0, 5000, counts(0, 0).right(right(540, 1_000)), counts(0, 0).right(right(500, 1_000)));
        Strata all = PastTold.with(Strata.none(), told, "canary", "stable", true, true);
        assertThat(of.lower())
                .as("of two candidates")
                .isEqualTo(AsymptoticSequence.ofDifference(all, 0.025).lower(), within(1e-12));
        assertThat(lift(experiment(Strategy.CANARY, 0, false), 540).lower())
                .isEqualTo(AsymptoticSequence.ofDifference(all, 0.05).lower(), within(1e-12));
        assertThat(lift(experiment(Strategy.EXPERIMENT, 0.04, false), 540).isBetter())
                .as("by more than that")
                .isFalse();
        assertThat(lift(experiment(Strategy.EXPERIMENT, 0, false), 500).isBetter())
                .isFalse();
    }

    private void tick(RolloutSpec asked, long requests, int seconds) {
        RolloutMachine machine = new RolloutMachine((_, _, _) -> said);
        Map<String, Readiness> ready = Map.of("canary", Readiness.READY, "other", Readiness.READY);
        var counts = Map.of(
                "stable", GivenJudgements.answered(requests),
                "canary", GivenJudgements.answered(requests),
                "other", GivenJudgements.answered(requests));
        for (int i = 0; i < seconds && !now.phase().isOver(); i++) {
            nowMillis += 1000;
            take(machine.tick(
                    asked, now, new Observation(true, counts, Map.of(), ready, Map.of(), List.of()), nowMillis));
        }
    }

    private void take(RolloutMachine.Tick tick) {
        now = tick.state();
        events.addAll(tick.events());
    }

    private RolloutEvent end() {
        return events.stream()
                .filter(event -> event.kind() == Kind.PROMOTING || event.kind() == Kind.ROLLING_BACK)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whatEndsItsTimeNamesWhoIsBetter() {
        RolloutSpec asked = experiment(Strategy.EXPERIMENT, 0, false);
        said = judgement(lifted("canary", 0.03, 0.05), lifted("other", -0.01, 0.01));
        tick(asked, 100, 590);
        assertThat(now.phase()).isEqualTo(Phase.ANALYSE);
        tick(asked, 100, 30);
        assertThat(now.phase()).isEqualTo(Phase.COMPLETED);
        assertThat(end().outcome().better()).extracting(Outcome.Win::arm).containsExactly("canary");
        assertThat(end().detail())
                .startsWith("all steps are done; the default arm stays; by quality canary proven better, +0.0400");
        assertThat(now.detail()).isEqualTo(end().detail());
    }

    @Test
    void oneThatIsBetterEndsItWhereThatIsAskedForOnceThereAreEnoughRequests() {
        RolloutSpec asked = experiment(Strategy.EXPERIMENT, 0, true);
        said = judgement(lifted("canary", 0.03, 0.05), lifted("other", -0.01, 0.01));
        tick(asked, 1, 300);
        assertThat(now.phase()).as("500 are asked for").isEqualTo(Phase.ANALYSE);
        assertThat(Waiting.of(asked, now)).contains("or until one is proven better by quality");
        tick(asked, 100, 10);
        assertThat(now.phase()).isEqualTo(Phase.COMPLETED);
        assertThat(end().reason()).isEqualTo("better");
        assertThat(end().detail()).startsWith("a candidate is proven better; the default arm stays; by quality canary");
        assertThat(now.promoted()).isEmpty();
        assertThatThrownBy(() -> experiment(Strategy.CANARY, 0, true))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("stopWhenBetter (expected: none, but of an experiment or a bandit)");
    }

    @Test
    void whoEndsItIsToldHowItStandsAlsoWhereNothingIsJudgedYet() {
        RolloutSpec asked = experiment(Strategy.BANDIT, 0, false);
        said = judgement(lifted("canary", -0.01, 0.03), lifted("other", -0.01, 0.01));
        tick(asked, 100, 60);
        RolloutMachine machine = new RolloutMachine((_, _, _) -> said);
        Wish abort = new Wish(Command.ABORT, "", "ana", "enough");
        take(machine.act(asked, now.with(Judgement.NONE), abort, nowMillis));
        assertThat(end().detail())
                .startsWith("enough; by quality canary no difference proven, +0.0100 (-0.0100 to 0.0300)");
        assertThat(end().outcome().better()).isEmpty();
        assertThat(end().outcome().detail()).contains("0.0200 either way");
    }
}
