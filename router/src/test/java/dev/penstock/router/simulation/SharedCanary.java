package dev.penstock.router.simulation;

import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.ArmLedgers;
import dev.penstock.router.rollout.BanditSpec;
import dev.penstock.router.rollout.Candidate;
import dev.penstock.router.rollout.Epoch;
import dev.penstock.router.rollout.EvidenceJudge;
import dev.penstock.router.rollout.Judgement;
import dev.penstock.router.rollout.MetricReading;
import dev.penstock.router.rollout.MetricSpec;
import dev.penstock.router.rollout.Require;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.rollout.Rules;
import dev.penstock.router.rollout.StepSpec;
import dev.penstock.router.rollout.Strategy;
import dev.penstock.router.rollout.Tally;
import dev.penstock.router.rollout.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A tenth of a crowd for two hours, whose requests any of several servers gets. Each counts units,
/// predictions and failures of buckets once for itself; what they counted is added up and judged as servers
/// do.
final class SharedCanary {
    private static final int MINUTES = 120;
    private static final int REQUESTS = 1_000;
    private static final int CANARY = 1_000;
    private static final Map<String, Integer> WEIGHTS = Map.of("canary", CANARY, "stable", Crowd.BUCKETS - CANARY);

    /// Any difference of answers is one, so that nothing but the evidence keeps it from being claimed.
    private static final RolloutSpec SPEC = new RolloutSpec(
            "route",
            "stable",
            List.of(new Candidate("canary", "model", 2)),
            Strategy.CANARY,
            List.of(StepSpec.share(CANARY, Duration.ofHours(2), Require.PROVEN)),
            List.of(
                    MetricSpec.Errors.STANDARD,
                    MetricSpec.Latency.P50,
                    MetricSpec.Latency.P99,
                    new MetricSpec.PredictionDrift(1e-6, false)),
            Rules.STANDARD,
            BanditSpec.STANDARD);

    private final List<CountingServer> servers = new ArrayList<>();
    private final List<Double> shares;
    private final boolean apart;
    private final Draws draws;
    private final Crowd crowd;
    private final Set<String> failed = new HashSet<>();
    private double mismatchLogE;
    private RolloutState state = RolloutState.pending(SPEC, 0);
    private long tallies;

    /// @param shares of the servers; 1 in all
    /// @param apart whether it is known that they counted each for itself
    SharedCanary(List<Double> shares, boolean apart, long seed) {
        this.shares = shares;
        this.apart = apart;
        this.draws = new Draws(seed);
        this.crowd = new Crowd(draws);
        shares.forEach(_ -> servers.add(new CountingServer()));
    }

    /// Metrics that claimed at any look that it is worse.
    Set<String> failed() {
        return failed;
    }

    /// The most that there ever was.
    double mismatchLogE() {
        return mismatchLogE;
    }

    void run() {
        for (int minute = 1; minute <= MINUTES; minute++) {
            for (int i = 0; i < REQUESTS; i++) {
                serve(servers.get(server()));
            }
            tell();
            if (minute % 5 == 0) {
                judge();
            }
            if (minute % ArmLedgers.SUB_WINDOW.toMinutes() == 0) {
                servers.forEach(CountingServer::nextSubWindow);
            }
        }
    }

    private int server() {
        double at = draws.uniform();
        for (int i = 0; i < shares.size() - 1; i++) {
            at -= shares.get(i);
            if (at < 0) {
                return i;
            }
        }
        return shares.size() - 1;
    }

    private void serve(CountingServer server) {
        int unit = crowd.next();
        int bucket = crowd.bucket(unit);
        int arm = bucket < CANARY ? CountingServer.CANARY : CountingServer.CONTROL;
        server.asked(arm, unit, bucket, crowd.predicted(unit));
        if (crowd.fails(unit, 1)) {
            server.failed(arm, bucket);
        } else {
            server.answered(arm, 100 + draws.below(8));
        }
    }

    private void tell() {
        List<Tally> all = new ArrayList<>();
        for (int i = 0; i < servers.size(); i++) {
            tallies++;
            String source = apart ? "server-" + i : "server";
            Map<String, ArmCounts> counts = servers.get(i).take();
            all.add(new Tally(source, tallies, List.of(new Epoch(0, WEIGHTS, counts, Map.of())), 0));
        }
        state = state.plus(SPEC, all, 0);
    }

    private void judge() {
        Judgement judged = new EvidenceJudge().judge(SPEC, state, List.of());
        mismatchLogE = Math.max(mismatchLogE, judged.mismatchLogE());
        judged.readings().stream()
                .filter(reading -> reading.verdict() == Verdict.FAIL)
                .map(MetricReading::metric)
                .forEach(failed::add);
    }
}
