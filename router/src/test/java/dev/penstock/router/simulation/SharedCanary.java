package dev.penstock.router.simulation;

import dev.penstock.core.LatencyScale;
import dev.penstock.core.LatencySnapshot;
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
import java.util.BitSet;
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

    private final List<Server> servers = new ArrayList<>();
    private final List<Double> shares;
    private final boolean apart;
    private final Draws draws;
    private final Crowd crowd;
    private final Set<String> failed = new HashSet<>();
    private double mismatchLogE;
    private RolloutState state = RolloutState.pending(SPEC, 0);
    private long tallies;

    /// What one server has seen. Arrays are by arm: the canary's first.
    private static final class Server {
        private final BitSet units = new BitSet();
        private final BitSet predicted = new BitSet();
        private final BitSet asked = new BitSet();
        private final BitSet failedLately = new BitSet();
        private final Seen[] arms = {new Seen(), new Seen()};

        void nextSubWindow() {
            asked.clear();
            failedLately.clear();
        }
    }

    /// Of one arm, since it was told last.
    private static final class Seen {
        private final long[] latencies = new long[LatencyScale.BUCKETS];
        private final long[] bins = new long[Crowd.CLASSES];
        private long failed;
        private long askedOnce;
        private long failedOnce;
        private long units;

        ArmCounts counts() {
            return new ArmCounts.Builder()
                    .latency(LatencySnapshot.of(latencies, 0), LatencySnapshot.EMPTY)
                    .latencyOnce(LatencySnapshot.of(latencies, 0))
                    .failed(failed)
                    .once(askedOnce, failedOnce)
                    .firstExposures(units)
                    .bins(bins)
                    .build();
        }
    }

    /// @param shares of the servers; 1 in all
    /// @param apart whether it is known that they counted each for itself
    SharedCanary(List<Double> shares, boolean apart, long seed) {
        this.shares = shares;
        this.apart = apart;
        this.draws = new Draws(seed);
        this.crowd = new Crowd(draws);
        shares.forEach(_ -> servers.add(new Server()));
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
                servers.forEach(Server::nextSubWindow);
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

    private void serve(Server server) {
        int unit = crowd.next();
        int bucket = crowd.bucket(unit);
        Seen arm = server.arms[bucket < CANARY ? 0 : 1];
        arm.units += set(server.units, unit);
        arm.askedOnce += set(server.asked, bucket);
        arm.bins[crowd.predicted(unit)] += set(server.predicted, bucket);
        if (crowd.fails(unit, 1)) {
            arm.failed++;
            arm.failedOnce += set(server.failedLately, bucket);
        } else {
            arm.latencies[100 + draws.below(8)]++;
        }
    }

    private static int set(BitSet bits, int index) {
        if (bits.get(index)) {
            return 0;
        }
        bits.set(index);
        return 1;
    }

    private void tell() {
        List<Tally> all = new ArrayList<>();
        for (int i = 0; i < servers.size(); i++) {
            Seen[] arms = servers.get(i).arms;
            Map<String, ArmCounts> counts = Map.of("canary", arms[0].counts(), "stable", arms[1].counts());
            tallies++;
            String source = apart ? "server-" + i : "server";
            all.add(new Tally(source, tallies, List.of(new Epoch(0, WEIGHTS, counts, Map.of())), 0));
            arms[0] = new Seen();
            arms[1] = new Seen();
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
