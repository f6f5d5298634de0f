package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.LatencyHistogram;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.rollout.Observation.Readiness;
import dev.penstock.router.rollout.RolloutEvent.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A rollout that is brought on by seconds, and is judged as a test says.
abstract class GivenJudgements {
    static final String ARM = "canary";

    /// Shares of 10 % and 50 %, a minute each, the second one to be proven.
    RolloutSpec spec = spec(Rules.STANDARD);
    Judgement judgement = Judgement.NONE;
    final RolloutMachine machine = new RolloutMachine((_, _, _) -> judgement);
    RolloutState state = RolloutState.pending(spec, 0);
    final List<RolloutEvent> events = new ArrayList<>();
    long nowMillis;
    boolean applied = true;
    Readiness readiness = Readiness.READY;
    Map<String, String> trips = Map.of();
    long requests = 100;

    static RolloutSpec spec(Rules rules) {
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

    static Rules rules(Mode mode, Otherwise onInconclusive) {
        Rules usual = Rules.STANDARD;
        return new Rules(
                usual.alpha(),
                mode,
                usual.settle(),
                usual.minRequests(),
                usual.maxDuration(),
                onInconclusive,
                usual.onDeadline(),
                usual.objective(),
                usual.inspectFor());
    }

    void begin(Mode mode, Otherwise onInconclusive) {
        spec = spec(rules(mode, onInconclusive));
        state = RolloutState.pending(spec, 0);
    }

    static ArmCounts answered(long requests) {
        LatencyHistogram latency = new LatencyHistogram();
        for (long i = 0; i < requests; i++) {
            latency.record(1_000_000);
        }
        return new ArmCounts.Builder()
                .latency(latency.snapshot(), LatencySnapshot.EMPTY)
                .latencyOnce(latency.snapshot())
                .once(requests, 0)
                .build();
    }

    void tick(int seconds) {
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
    void pass(Duration time) {
        long until = nowMillis + time.toMillis();
        while (nowMillis < until) {
            nowMillis += 9_000;
            tick(1);
        }
    }

    void take(RolloutMachine.Tick tick) {
        state = tick.state();
        events.addAll(tick.events());
    }

    void act(Command command) {
        take(machine.act(spec, state, new Wish(command, "ana", "because"), nowMillis));
    }

    void says(Verdict verdict, double logERollback) {
        judgement = new Judgement(List.of(reading("errors", ARM, verdict, logERollback)), List.of(), 0, 0);
    }

    static MetricReading reading(String metric, String arm, Verdict verdict, double logERollback) {
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

    long count(Kind kind) {
        return events.stream().filter(event -> event.kind() == kind).count();
    }

    /// Until the first step is being judged.
    void analyse() {
        tick(40);
        assertThat(state.phase()).isEqualTo(Phase.ANALYSE);
    }
}
