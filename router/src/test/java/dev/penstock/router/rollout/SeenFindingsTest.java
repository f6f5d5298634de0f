package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.RolloutEvent.Kind;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Who lets a rollout go on confirms what he has seen, and nothing else.
final class SeenFindingsTest extends GivenJudgements {
    @BeforeEach
    void pauseForWhatIsFound() {
        begin(Mode.PAUSE, Otherwise.HOLD);
        analyse();
    }

    private void fail(String... metrics) {
        List<MetricReading> readings = Stream.of(metrics)
                .map(metric -> reading(metric, ARM, Verdict.FAIL, 9))
                .toList();
        judgement = new Judgement(readings, List.of(), 0, 0);
        tick(3);
    }

    private void resume(long seen) {
        take(machine.act(spec, state, new Wish(Command.RESUME, "", "ana", "because", seen), nowMillis));
    }

    private void skip(long seen) {
        take(machine.act(spec, state, new Wish(Command.SKIP, "", "ana", "because", seen), nowMillis));
    }

    private List<String> confirmed() {
        return events.stream()
                .filter(event -> event.kind() == Kind.RESUMED)
                .reduce((_, last) -> last)
                .orElseThrow()
                .confirmed()
                .stream()
                .map(finding -> finding.event() + " " + finding.arm() + " " + finding.reason())
                .toList();
    }

    @Test
    void whatWasFoundWhileItWasPausedForSomethingElseStopsWhoHasNotSeenIt() {
        act(Command.PAUSE);
        long seen = state.events();
        fail("errors");
        assertThat(state.reason()).isEqualTo("manual");

        resume(seen);
        assertThat(state.phase()).isEqualTo(Phase.PAUSED);
        assertThat(state.reason()).isEqualTo("errors");
        assertThat(confirmed()).isEmpty();
        assertThat(events.subList(events.size() - 2, events.size()))
                .extracting(RolloutEvent::kind)
                .containsExactly(Kind.RESUMED, Kind.PAUSED);
        long told = state.events();
        tick(5);
        assertThat(state.events()).as("it is told once").isEqualTo(told);

        resume(told);
        assertThat(confirmed()).containsExactly(told + " canary errors");
        tick(10);
        assertThat(state.phase()).isEqualTo(Phase.ANALYSE);
        assertThat(state.findings()).isEmpty();
    }

    @Test
    void whatWasSeenIsConfirmedThoughSomethingElseStopsItAgain() {
        fail("errors");
        long seen = state.events();
        fail("errors", "latency-p99");

        resume(seen);
        assertThat(confirmed()).containsExactly(seen + " canary errors");
        assertThat(state.phase()).isEqualTo(Phase.PAUSED);
        assertThat(state.reason()).isEqualTo("latency-p99");
        assertThat(state.findings())
                .extracting(Finding::event, Finding::reason)
                .containsExactly(tuple(state.events(), "latency-p99"));
    }

    @Test
    void whoSaysNothingConfirmsAllThatWasToldAndIsToldSo() {
        fail("errors");
        fail("errors", "latency-p99");

        act(Command.RESUME);
        assertThat(confirmed()).hasSize(2);
        tick(10);
        assertThat(state.phase()).isEqualTo(Phase.ANALYSE);
    }

    @Test
    void unitsThatAreLostHoldItAgainForWhoHasNotSeenThat() {
        long seen = state.events();
        judgement = new Judgement(List.of(), List.of(), 10, 0);
        tick(1);
        assertThat(state.phase()).isEqualTo(Phase.HOLD);

        resume(seen);
        assertThat(state.phase()).isEqualTo(Phase.HOLD);
        assertThat(state.reason()).isEqualTo("sample-ratio");
        assertThat(count(Kind.HELD)).isEqualTo(2);

        act(Command.RESUME);
        assertThat(confirmed()).containsExactly((state.events() - 1) + " stable sample-ratio");
        assertThat(state.phase()).as("the step begins anew").isEqualTo(Phase.SETTLE);
    }

    @Test
    void whatIsHeldForACauseGoesOnWithoutItThoughTimeWasUpMeanwhile() {
        long seen = state.events();
        judgement = new Judgement(List.of(), List.of(), 0, 0.2);
        tick(1);
        pass(spec.rules().maxDuration());
        assertThat(state.findings()).extracting(Finding::reason).containsExactly("external", "deadline");

        resume(seen);
        assertThat(state.reason()).as("nobody has seen either").isEqualTo("external");
        judgement = Judgement.NONE;
        tick(1);

        assertThat(state.phase()).as(state.reason()).isNotEqualTo(Phase.HOLD);
    }

    @Test
    void aGuardThatNobodyHasSeenIsNoNewsTwice() {
        fail("errors");
        long seen = state.events();
        trips = Map.of(ARM, "20 failures one after the other");
        tick(2);

        resume(seen);
        tick(5);
        assertThat(state.reason()).isEqualTo("guard");
        assertThat(events)
                .filteredOn(event -> event.reason().equals("guard"))
                .as("when it was found, and as it stops it again")
                .hasSize(2);
    }

    @Test
    void whatIsOverNeedsNoConfirmation() {
        fail("errors");
        act(Command.PROMOTE);
        assertThat(state.findings()).isEmpty();
    }

    @Test
    void twoWhoSkipTheSameStepSkipOne() {
        long seen = state.events();
        skip(seen);
        assertThat(state.step()).isEqualTo(1);

        assertThatThrownBy(() -> skip(seen))
                .isInstanceOf(OutOfPlace.class)
                .hasMessageContaining("more happened to the rollout than was seen")
                .hasMessageContaining("its last event is %d (expected: %d;", state.events(), seen);
        assertThat(state.step()).isEqualTo(1);
    }

    @Test
    void whatNobodyHasSeenIsNotSkipped() {
        long seen = state.events();
        fail("errors");

        assertThatThrownBy(() -> skip(seen)).isInstanceOf(OutOfPlace.class);
        skip(state.events());
        assertThat(state.step()).isEqualTo(1);
        assertThat(state.findings()).isEmpty();
    }

    @Test
    void nobodyHasSeenWhatWasNeverTold() {
        fail("errors");
        for (long seen : List.of(state.events() + 1, -1L)) {
            assertThatThrownBy(() -> resume(seen))
                    .isInstanceOf(ServingException.class)
                    .hasMessageContaining("seen: %d (expected: the number of an event, 0 to ", seen);
            assertThatThrownBy(() -> skip(seen))
                    .isInstanceOf(ServingException.class)
                    .hasMessageContaining("seen: %d (expected: the number of an event, 0 to ", seen);
        }
    }
}
