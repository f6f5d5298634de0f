package dev.penstock.server.rollout;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.LatencyHistogram;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.core.ModelKey;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.ArmDeals;
import dev.penstock.router.arms.ArmKey;
import dev.penstock.router.arms.ArmLedgers;
import dev.penstock.router.arms.ArmName;
import dev.penstock.router.arms.GroupTally;
import dev.penstock.router.arms.TripListener;
import dev.penstock.router.rollout.Compared;
import dev.penstock.router.split.RouteSpec;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// What a server counts of routes whose requests come as a test says.
final class Traffic implements Sight {
    private final Map<ArmKey, ArmCounts> counts = new HashMap<>();
    private final Map<ArmName, String> trips = new HashMap<>();

    /// What is said of answers here.
    final ArmLedgers ledgers;

    /// How often these were told how a rollout deals.
    final AtomicInteger dealings = new AtomicInteger();

    /// A route of which nothing can be counted.
    String broken = "";

    Traffic(InstantSource time) {
        ledgers = new ArmLedgers(TripListener.NONE, 0, time);
    }

    /// So many requests of an arm end that were dealt while the route was like that.
    void end(RouteSpec spec, String arm, long version, int requests, int failed) {
        LatencyHistogram latency = new LatencyHistogram();
        for (int i = failed; i < requests; i++) {
            latency.record(1_000_000);
        }
        ArmCounts more = new ArmCounts.Builder()
                .latency(latency.snapshot(), LatencySnapshot.EMPTY)
                .latencyOnce(latency.snapshot())
                .failures(ErrorCode.MODEL_FAILED, failed)
                .failed(failed)
                .once(requests, failed)
                .firstExposures(requests)
                .build();
        counts.merge(key(spec, arm, version), more, ArmCounts::plus);
    }

    private static ArmKey key(RouteSpec spec, String arm, long version) {
        ModelKey target = new ModelKey("lookup", version);
        return new ArmKey(spec.name(), spec.salt(), spec.rollout(), spec.epoch(), arm, target);
    }

    /// What feedback says of one answer of an arm while the route is like that.
    ///
    /// @param group of its unit
    void reward(RouteSpec spec, String arm, long version, int group, double reward) {
        GroupTally told = new GroupTally();
        told.add(group, reward);
        GroupTally earned = new GroupTally();
        earned.add(group, Math.clamp(reward, 0.0, 1.0));
        ArmCounts more =
                new ArmCounts.Builder().rewards(told.sums(), earned.sums()).build();
        counts.merge(key(spec, arm, version), more, ArmCounts::plus);
    }

    /// Arms that a guard has taken from callers, and why: a test adds to them.
    Map<ArmName, String> trips() {
        return trips;
    }

    @Override
    public Map<ArmKey, ArmCounts> counts(String route) {
        if (route.equals(broken)) {
            throw new IllegalStateException("nothing can be counted");
        }
        Map<ArmKey, ArmCounts> mine = new HashMap<>(counts);
        mine.keySet().removeIf(key -> !key.route().equals(route));
        ledgers.counts(route).forEach((key, count) -> mine.merge(key, count, ArmCounts::plus));
        return mine;
    }

    @Override
    public void dealt(String route, ArmDeals deals) {
        dealings.incrementAndGet();
        ledgers.dealt(route, deals);
    }

    @Override
    public void compares(String route, Set<String> arms, long sinceMillis) {
        ledgers.compares(route, arms, sinceMillis);
    }

    @Override
    public Map<ArmName, Compared> copies(String route) {
        return Map.of();
    }

    @Override
    public Map<ArmName, String> tripped(String route, String rollout) {
        return trips;
    }
}
