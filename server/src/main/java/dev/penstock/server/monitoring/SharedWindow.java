package dev.penstock.server.monitoring;

import dev.penstock.core.Check;
import dev.penstock.core.ModelKey;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.MonitorPlan;
import dev.penstock.monitor.recording.Replica;
import dev.penstock.server.store.CountedWindow;
import org.jspecify.annotations.Nullable;

/// All that a server has counted of a version since it began to, feature by feature with its edges, so that
/// others can tell what they may add. Immutable.
///
/// @param life of the server that counted
record SharedWindow(ModelKey key, Replica life, long atMillis, long seen, Baseline counts) {
    /// @return null if the plan cannot count anything yet
    static @Nullable CountedWindow written(
            ModelKey key, Replica life, long atMillis, boolean hourly, Cumulative counts) {
        boolean any = counts.plan().features().stream().anyMatch(feature -> !feature.learning());
        return any
                ? new CountedWindow(
                        life.id(),
                        key,
                        life.epoch(),
                        atMillis,
                        hourly,
                        counts.seen(),
                        Baseline.of(key.name(), Baseline.Origin.CAPTURED, counts, atMillis)
                                .json())
                : null;
    }

    /// @throws IllegalArgumentException if it is none
    static SharedWindow read(CountedWindow window) {
        Baseline counts = BaselineJson.read(window.counts());
        for (BaselineFeature feature : counts.features()) {
            for (int i = 0; i < feature.counts().slots(); i++) {
                long count = feature.counts().count(i);
                Check.argument(count >= 0, "%s: count %d: %d (expected: >= 0)", feature.name(), i, count);
            }
        }
        Replica life = new Replica(window.server(), window.life());
        return new SharedWindow(window.key(), life, window.at(), window.seen(), counts);
    }

    /// By the slots of a plan; nothing of features that it counts otherwise.
    Cumulative by(MonitorPlan plan) {
        Cumulative by = counts.by(plan);
        long[] slots = by.counts();
        slots[MonitorPlan.SEEN] = Math.max(seen, counts.rows());
        return Cumulative.of(plan, slots, by.sums());
    }
}
