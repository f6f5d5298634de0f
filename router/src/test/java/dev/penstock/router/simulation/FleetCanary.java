package dev.penstock.router.simulation;

import dev.penstock.core.LatencyScale;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.ArmLedgers;
import dev.penstock.router.rollout.BanditSpec;
import dev.penstock.router.rollout.Candidate;
import dev.penstock.router.rollout.Compared;
import dev.penstock.router.rollout.Epoch;
import dev.penstock.router.rollout.EvidenceJudge;
import dev.penstock.router.rollout.Judge;
import dev.penstock.router.rollout.Judgement;
import dev.penstock.router.rollout.Mode;
import dev.penstock.router.rollout.Observation.GateReading;
import dev.penstock.router.rollout.Otherwise;
import dev.penstock.router.rollout.Phase;
import dev.penstock.router.rollout.Require;
import dev.penstock.router.rollout.RolloutMachine;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.rollout.Rules;
import dev.penstock.router.rollout.StepSpec;
import dev.penstock.router.rollout.Strategy;
import dev.penstock.router.rollout.Tally;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Two hours of a rollout whose requests any server of a fleet gets, by the machine that servers have: the
/// first one drives it, the others tell each minute what they counted, and evidence is looked at every five.
/// Nothing is rolled back, so that whatever is claimed is found.
final class FleetCanary {
    static final int MINUTES = 120;

    /// What the canary has, for a third of the time each; or the first of it all the time.
    private static final int[] WEIGHTS = {1_000, 2_500, 5_000};

    private static final String DRIVER = "server-0";
    private static final int REQUESTS = 1_000;
    private static final int TICKS = 6;
    private static final long TICK_MILLIS = Duration.ofMinutes(1).toMillis() / TICKS;
    private static final int LOOKS = 5;

    /// From here on an answer is one of the slow ones.
    private static final double SLOW_NANOS = 20e6;

    private static final Rules WATCHED = new Rules(
            0.05,
            Mode.OBSERVE,
            Duration.ofSeconds(30),
            500,
            Duration.ofHours(24),
            Otherwise.HOLD,
            Otherwise.HOLD,
            1,
            Duration.ofHours(24));

    private final RolloutSpec spec;
    private final Fleet fleet;
    private final boolean apart;
    private final Change change;
    private final Draws draws;
    private final Crowd crowd;
    private final List<CountingServer> servers = new ArrayList<>();
    private final RolloutMachine machine = new RolloutMachine(new Looks());
    private RolloutState state;
    private long nowMillis;
    private int weight;
    private int lookedAt;
    private long tallies;

    /// Of evidence, when there is something new.
    private final class Looks implements Judge {
        private final Judge judge = new EvidenceJudge();
        private Judgement last = Judgement.NONE;

        @Override
        public Judgement judge(RolloutSpec asked, RolloutState seen, List<GateReading> gates) {
            int minute = minute();
            if (minute % LOOKS == 0 && minute > lookedAt) {
                lookedAt = minute;
                last = judge.judge(asked, seen, gates);
            }
            return last;
        }
    }

    /// @param apart whether it is known that servers counted each for itself
    /// @param steps whether its share grows
    FleetCanary(Fleet fleet, boolean apart, boolean steps, Change change, Crowd crowd, Draws draws) {
        this.fleet = fleet;
        this.apart = apart;
        this.change = change;
        this.crowd = crowd;
        this.draws = draws;
        this.spec = spec(steps ? WEIGHTS : new int[] {WEIGHTS[0]});
        this.state = RolloutState.pending(spec, 0);
        for (int i = 0; i < fleet.servers(); i++) {
            servers.add(new CountingServer());
        }
    }

    private static RolloutSpec spec(int[] weights) {
        List<StepSpec> steps = new ArrayList<>();
        for (int weight : weights) {
            Duration time = Duration.ofMinutes(MINUTES / weights.length);
            steps.add(StepSpec.share(weight, time, Require.NONE));
        }
        return new RolloutSpec(
                "route",
                "stable",
                List.of(new Candidate("canary", "model", 2)),
                Strategy.EXPERIMENT,
                steps,
                RolloutSpec.STANDARD_METRICS,
                WATCHED,
                BanditSpec.STANDARD);
    }

    /// As it was looked at last.
    Judgement judged() {
        return state.judged();
    }

    int minute() {
        return (int) Duration.ofMillis(nowMillis).toMinutes();
    }

    /// Until the next look.
    ///
    /// @return whether there was one
    boolean goesOn() {
        do {
            if (state.phase().isEnding() || minute() >= MINUTES) {
                return false;
            }
            passMinute();
        } while (minute() % LOOKS != 0);
        return true;
    }

    private void passMinute() {
        for (int i = 1; i < TICKS; i++) {
            tick(Map.of());
        }
        if (state.phase() == Phase.ANALYSE) {
            serve();
            tellOthers();
        }
        tick(state.phase() == Phase.ANALYSE ? servers.getFirst().take() : Map.of());
        if (minute() % ArmLedgers.SUB_WINDOW.toMinutes() == 0) {
            servers.forEach(CountingServer::nextSubWindow);
        }
    }

    private void tick(Map<String, ArmCounts> counts) {
        nowMillis += TICK_MILLIS;
        state = machine.tick(spec, state, WholeRollout.seen(counts, Compared.NONE), nowMillis)
                .state();
    }

    private void serve() {
        int dealt = state.weights().getOrDefault("canary", 0);
        if (dealt != weight) {
            weight = dealt;
            servers.forEach(CountingServer::nextShares);
        }
        for (int i = 0; i < REQUESTS; i++) {
            int unit = crowd.next();
            int server = fleet.server(draws, unit, minute());
            serve(servers.get(server), fleet.slowness(server), unit);
        }
    }

    private void serve(CountingServer server, double slowness, int unit) {
        int bucket = crowd.bucket(unit);
        boolean canary = bucket < weight;
        int arm = canary ? CountingServer.CANARY : CountingServer.CONTROL;
        server.asked(arm, unit, bucket, crowd.predicted(unit));
        if (crowd.fails(unit, canary ? change.errors() : 1)) {
            server.failed(arm, bucket);
            return;
        }
        double usual = crowd.latencyNanos(unit, canary ? change.latency() : 1);
        double nanos = canary && usual > SLOW_NANOS ? change.tail() * usual : usual;
        server.answered(arm, LatencyScale.bucketOf((long) (slowness * nanos)));
    }

    private void tellOthers() {
        List<Tally> told = new ArrayList<>();
        for (int i = 1; i < servers.size(); i++) {
            Epoch epoch = state.dealt(spec).with(servers.get(i).take());
            if (fleet.isThere(i, minute())) {
                tallies++;
                told.add(new Tally(apart ? "server-" + i : DRIVER, tallies, List.of(epoch), nowMillis));
            }
        }
        tallies++;
        state = state.plus(spec, told, nowMillis).countedBy(DRIVER, tallies);
    }
}
