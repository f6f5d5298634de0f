package dev.penstock.router.simulation;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.GroupSums;
import dev.penstock.router.evidence.Pool;
import dev.penstock.router.rollout.BanditSpec;
import dev.penstock.router.rollout.Candidate;
import dev.penstock.router.rollout.Compared;
import dev.penstock.router.rollout.EvidenceJudge;
import dev.penstock.router.rollout.Judge;
import dev.penstock.router.rollout.Judgement;
import dev.penstock.router.rollout.Observation;
import dev.penstock.router.rollout.Observation.Readiness;
import dev.penstock.router.rollout.RolloutMachine;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.rollout.Rules;
import dev.penstock.router.rollout.StepSpec;
import dev.penstock.router.rollout.Strategy;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One rollout by the machine and the judge that servers have. It is judged with each minute's counts; the
/// ticks between have none.
final class WholeRollout {
    private static final int TICKS_OF_MINUTE = 10;
    private static final long TICK_MILLIS = Duration.ofMinutes(1).toMillis() / TICKS_OF_MINUTE;
    private static final long MOST_MILLIS = Duration.ofHours(12).toMillis();

    private final RolloutSpec spec;
    private final Traffic traffic;

    /// What becomes of it in that step.
    private final Traffic later;
    private final int from;
    private final Draws draws;

    /// Others, so that what becomes of requests is the same whether there are copies or not.
    private final Draws copies;
    private final int phase;
    private final RolloutMachine machine;
    private RolloutState state;
    private long nowMillis;
    private long thenMillis;

    /// Asks only if there is something new.
    private static final class OnceAMinute implements Judge {
        private final Judge judge = new EvidenceJudge();
        private Judgement last = Judgement.NONE;

        @Override
        public Judgement judge(RolloutSpec spec, RolloutState state, List<Observation.GateReading> gates) {
            if (state.tickMillis() % Duration.ofMinutes(1).toMillis() == 0) {
                last = judge.judge(spec, state, gates);
            }
            return last;
        }
    }

    WholeRollout(RolloutSpec spec, Traffic traffic, long seed) {
        this(spec, traffic, traffic, 0, seed);
    }

    /// @param from step from which on it is as in `later`
    WholeRollout(RolloutSpec spec, Traffic traffic, Traffic later, int from, long seed) {
        this.spec = spec;
        this.later = later;
        this.from = from;
        this.state = RolloutState.pending(spec, 0);
        this.traffic = traffic;
        this.draws = new Draws(seed);
        this.copies = new Draws(~seed);
        this.phase = draws.below(Traffic.MINUTES);
        this.machine = new RolloutMachine(new OnceAMinute());
    }

    /// With the usual metrics and rules.
    static RolloutSpec usual(Strategy strategy, List<StepSpec> steps) {
        return new RolloutSpec(
                "route",
                "stable",
                List.of(new Candidate("canary", "model", 2)),
                strategy,
                steps,
                RolloutSpec.STANDARD_METRICS,
                Rules.STANDARD,
                BanditSpec.STANDARD);
    }

    /// Until it is over, or half a day has gone.
    RolloutState run() {
        while (!state.phase().isOver() && nowMillis < MOST_MILLIS) {
            nowMillis += TICK_MILLIS;
            boolean minute = nowMillis % Duration.ofMinutes(1).toMillis() == 0;
            state = machine.tick(spec, state, minute ? minute() : seen(Map.of(), Compared.NONE), nowMillis)
                    .state();
            if (thenMillis == 0 && weight() > 0 && state.step() >= from) {
                thenMillis = nowMillis;
            }
        }
        return state;
    }

    /// Where it is by now.
    RolloutState end() {
        return state;
    }

    /// From the candidate's first share, or that in which it became another one, until now.
    int minutes() {
        return (int) Duration.ofMillis(nowMillis - thenMillis).toMinutes();
    }

    private Traffic traffic() {
        return state.step() < from ? traffic : later;
    }

    private int weight() {
        return state.weights().getOrDefault("canary", 0);
    }

    private Observation minute() {
        int at = phase + (int) Duration.ofMillis(nowMillis).toMinutes();
        int weight = weight();
        Minute drawn = traffic().draw(draws, at, new Pool(Math.max(1, weight), Math.max(1, StepSpec.ALL - weight)));
        Map<String, ArmCounts> counts = new HashMap<>();
        if (weight > 0) {
            counts.put("canary", counts(drawn.canary()));
        }
        if (weight < StepSpec.ALL) {
            counts.put("stable", counts(drawn.control()));
        }
        return seen(counts, weight == 0 ? copies(at) : Compared.NONE);
    }

    /// Of all requests, which the candidate answers or not as it will those of callers; each of another unit.
    private Compared copies(int at) {
        Arm drawn = traffic().draw(copies, at, new Pool(StepSpec.ALL, 1)).canary();
        long[] answered = new long[GroupSums.GROUPS];
        long[] ran = new long[GroupSums.GROUPS];
        double[] failed = new double[GroupSums.GROUPS];
        for (long i = 0; i < drawn.requests(); i++) {
            int group = copies.below(GroupSums.GROUPS);
            int fails = i < drawn.failures() ? 1 : 0;
            ran[group]++;
            answered[group] += 1 - fails;
            failed[group] += fails;
        }
        double[] none = new double[GroupSums.GROUPS];
        return new Compared(
                drawn.requests() - drawn.failures(),
                0,
                drawn.failures(),
                new GroupSums(answered, none, none),
                new GroupSums(ran, failed, failed));
    }

    static Observation seen(Map<String, ArmCounts> counts, Compared copies) {
        return new Observation(
                true, counts, Map.of("canary", copies), Map.of("canary", Readiness.READY), Map.of(), List.of());
    }

    static ArmCounts counts(Arm arm) {
        return new ArmCounts.Builder()
                .failures(ErrorCode.INTERNAL, arm.failures())
                .latency(LatencySnapshot.of(arm.latencies(), 0), LatencySnapshot.EMPTY)
                .latencyOnce(LatencySnapshot.of(arm.latencies(), 0))
                .failed(arm.failures())
                .once(arm.requests(), arm.failures())
                .firstExposures(arm.requests())
                .bins(arm.predictions())
                .build();
    }
}
